"""Times and durations are said in words, with the exact ones beside them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from control_plane.templatetags.moments import moment_of, relative, words_of_duration
from tests.control_plane.rendering import rendered

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (44, "just now"),
        (46, "1 minute ago"),
        (130, "2 minutes ago"),
        (3600, "1 hour ago"),
        (5 * 3600, "5 hours ago"),
        (26 * 3600, "1 day ago"),
        (6 * 86400, "6 days ago"),
        (8 * 86400, "7 Jun"),
        (400 * 86400, "11 May 2025"),
        (-130, "in 2 minutes"),
        (-2 * 86400, "in 2 days"),
    ],
)
def test_a_time_in_words(seconds: int, words: str) -> None:
    assert relative(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize("value", [NOW, "2026-06-15T12:00:00Z", "2026-06-15 14:00:00 +0200"])
def test_a_time_is_read_in_every_form(value: Any) -> None:
    moment = moment_of(value, NOW)
    assert moment is not None
    assert (moment.iso, moment.exact, moment.clock) == ("2026-06-15T12:00:00Z", "15 Jun 2026, 12:00:00 UTC", "12:00:00")


def test_a_time_survives_a_quoted_attribute() -> None:
    by_value = rendered('<c-time :value="at" />', at=NOW)
    assert rendered('<c-time value="{{ at }}" />', at=NOW) == by_value
    assert 'datetime="2026-06-15T12:00:00Z"' in by_value
    assert "never" in rendered('<c-time :value="at" />', at=None)


def test_what_is_no_time_is_noticed() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        moment_of("yesterday", NOW)


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.4, "0 ms"), (41, "41 ms"), (999, "999 ms"), (6200, "6.2 s"), (184_000, "3 min 4 s"), (7_500_000, "2 h 5 min")],
)
def test_a_duration_in_words(milliseconds: float, words: str) -> None:
    assert words_of_duration(milliseconds) == words
