"""A process says that it lives, where there is a store to say it to."""

from typing import Any

import pytest

from control_plane.health.heartbeat import process_is_alive, seconds_since


def test_a_sign_of_life_is_seen(store: Any) -> None:
    process_is_alive("worker")
    seconds = seconds_since("worker")
    assert seconds is not None
    assert seconds < 5


def test_a_store_that_is_away_ends_nobody(caplog: pytest.LogCaptureFixture) -> None:
    process_is_alive("worker")
    assert [record.message for record in caplog.records] == ["no heartbeat could be written"]
