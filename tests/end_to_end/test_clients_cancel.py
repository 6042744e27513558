"""A client that gives a call up stops the work on the server, whichever replica runs it."""

import sqlite3
import urllib.request
from contextlib import closing
from typing import Any

import pytest

from tests.end_to_end.transcripts import Case
from tests.fixtures.live import Live
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes


def outcomes(live: Live, case: Case) -> list[str]:
    """How the decompositions of one client ended, as the audit has it."""
    query = "SELECT outcome FROM tenants_call WHERE client_name = ? AND tool = 'matrix_decomposition' ORDER BY time"
    with closing(sqlite3.connect(f"file:{live.data_dir}/atrium.sqlite3?mode=ro", uri=True)) as database:
        return [outcome for (outcome,) in database.execute(query, (f"{case.name}/1",))]


def calls_in_flight(base_url: str) -> float:
    with urllib.request.urlopen(f"{base_url}/metrics", timeout=5) as response:  # noqa: S310 - a URL of this test
        lines = response.read().decode().splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("atrium_calls_in_flight "))


def test_the_call_was_running_when_it_was_given_up(transcript: dict[str, Any]) -> None:
    given_up = transcript["cancelled"]
    assert given_up["reports"] >= 1
    assert given_up["error"]
    assert given_up["result"] is None


def test_the_place_of_the_cancelled_call_is_free_again(transcript: dict[str, Any]) -> None:
    accepted = transcript["accepted_again"]
    assert len(accepted["result"]["structuredContent"]["singular_values"]) == 4


@pytest.mark.usefixtures("transcript")
def test_the_audit_says_cancelled(live: Live, case: Case) -> None:
    until(lambda: "cancelled" in outcomes(live, case), 15)


@pytest.mark.usefixtures("transcript")
def test_no_call_is_left_running(live: Live) -> None:
    until(lambda: calls_in_flight(live.base_url) + calls_in_flight(live.replica_url) == 0, 10)
