"""Progress reaches other people's clients while the call runs, in order, before its result."""

from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.processes


def test_every_step_of_a_tool_is_reported_in_order(transcript: dict[str, Any]) -> None:
    steps = transcript["steps"]["progress"]
    assert [(step["progress"], step["total"]) for step in steps] == [(0, 100), (50, 100), (100, 100)]


def test_every_sweep_of_a_decomposition_is_reported(transcript: dict[str, Any]) -> None:
    decomposition = transcript["decomposition"]
    reported = [event["progress"] for event in decomposition["progress"]]
    assert len(reported) == decomposition["result"]["structuredContent"]["sweeps"]
    assert all(earlier < later for earlier, later in pairwise(reported))
