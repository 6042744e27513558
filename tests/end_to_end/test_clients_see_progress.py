"""Progress reaches other people's clients while the call runs, in order, before its result."""

from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.processes


def test_every_step_of_a_tool_is_reported_in_order(transcript: dict[str, Any]) -> None:
    steps = transcript["steps"]["progress"]
    assert [(step["progress"], step["total"]) for step in steps] == [(0, 100), (50, 100), (100, 100)]


def test_a_job_reports_ever_further_sweeps_up_to_the_last(transcript: dict[str, Any]) -> None:
    """Of reports that come together, the last is passed on."""
    decomposition = transcript["decomposition"]
    reported = [event["progress"] for event in decomposition["progress"]]
    assert reported[-1] == decomposition["result"]["structuredContent"]["sweeps"]
    assert all(earlier < later for earlier, later in pairwise(reported))
