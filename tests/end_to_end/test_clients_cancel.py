"""A client that gives a call up stops the work on the server, whichever replica runs it."""

from typing import Any

import pytest

pytestmark = pytest.mark.processes


def test_the_call_was_running_when_it_was_given_up(transcript: dict[str, Any]) -> None:
    given_up = transcript["cancelled"]
    assert given_up["reports"] >= 1
    assert given_up["error"]
    assert given_up["result"] is None


def test_the_place_of_the_cancelled_call_is_free_again(transcript: dict[str, Any]) -> None:
    accepted = transcript["accepted_again"]
    assert len(accepted["result"]["structuredContent"]["singular_values"]) == 4
