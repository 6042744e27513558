"""Django's cache in the store: what one process counts, all of them see."""

import json
from typing import Any

import pytest

from control_plane.rates import is_too_often
from control_plane.shared_cache import SharedCache


def cache(url: str) -> SharedCache:
    return SharedCache(url, {"KEY_PREFIX": "atrium:cache"})


def test_two_processes_count_together(store: Any, settings: Any) -> None:
    one, other = cache(settings.REDIS_URL), cache(settings.REDIS_URL)
    assert one.add("guesses", 0, 60)
    assert not other.add("guesses", 0, 60)
    assert [one.incr("guesses"), other.incr("guesses"), one.get("guesses")] == [1, 2, 2]
    other.set("history", [1.5, 2.5], 60)
    assert one.get("history") == [1.5, 2.5]
    assert one.delete("history")
    assert other.get("history", "none") == "none"
    (key,) = store.keys("atrium:cache:*")
    assert 0 < store.ttl(key) <= 60


def test_what_is_kept_is_data_and_never_code(store: Any, settings: Any) -> None:
    cache(settings.REDIS_URL).set("planted", {"a": [1, True, None]}, 60)
    (key,) = store.keys("*")
    assert json.loads(store.get(key)) == {"a": [1, True, None]}
    store.set(key, b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.")
    with pytest.raises(UnicodeDecodeError):
        cache(settings.REDIS_URL).get("planted")


def test_nothing_but_the_cache_is_emptied(store: Any, settings: Any) -> None:
    store.set("published", "document")
    with pytest.raises(RuntimeError, match="emptied by its operator"):
        cache(settings.REDIS_URL).clear()
    assert store.get("published") == b"document"


def test_while_the_store_is_away_each_process_counts_for_itself() -> None:
    away = cache("unix:///nonexistent/atrium-test.sock")
    assert away.add("guesses", 0, 60)
    assert [away.incr("guesses"), away.incr("guesses"), away.get("guesses")] == [1, 2, 2]


def test_so_many_in_a_window_and_no_more() -> None:
    asked = [is_too_often("looks", "somebody", most=2, seconds=60) for _ in range(4)]
    assert asked == [False, False, True, True]
    assert not is_too_often("looks", "somebody else", most=2, seconds=60)
    assert not is_too_often("guesses", "somebody", most=2, seconds=60)
