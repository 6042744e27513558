"""Who can't or won't wait is told which job it is, and fetches the result later: by the tool, or as a resource."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.end_to_end.jobs.records import records
from tests.end_to_end.jobs.replicas import Pair, pair
from tests.end_to_end.jobs.steered import Kind, StartClient, SteeredClient
from tests.fixtures.live import Live
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes
TOOL = "matrix_decomposition"
SHORT = {"size": 60, "seed": 3}
SLOW_TOOL = "slow_compute"
LONG = {"seconds": 2, "label": "slowly"}
COMPUTED = "Computed slowly for 2 s"


@pytest.fixture(scope="module")
def impatient(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two replicas that hold a call without a progress token for a second."""
    with pair(live, tmp_path_factory.mktemp("impatient"), JOB_PATIENCE_SECONDS="1") as both:
        yield both


@pytest.fixture
def client(kind: Kind, impatient: Pair, start: StartClient, live: Live) -> SteeredClient:
    """One of the server that has a tool which takes its time."""
    return start(kind, impatient.base_url, live.endpoint("everything", impatient.base_url))


def reference(result: dict[str, Any]) -> dict[str, Any]:
    """The job that an answer names, in words as in data."""
    assert not result.get("isError")
    job = result["structuredContent"]["job"]
    assert job["status"] == "working"
    assert job["statusUri"] == f"task://status/{job['id']}"
    assert job["id"] == result["_meta"]["io.atrium/job"]
    assert job["id"] in result["content"][0]["text"]
    return dict(job)


def test_without_a_progress_token_the_answer_names_the_job_when_patience_ends(client: SteeredClient) -> None:
    job = reference(client.call(SLOW_TOOL, LONG))
    result = client.job_result(job["id"])
    assert result["content"][0]["text"] == COMPUTED
    assert result["_meta"]["io.atrium/job"] == job["id"]


def test_whoever_asks_for_progress_is_answered_when_it_is_done(client: SteeredClient) -> None:
    assert client.call(SLOW_TOOL, LONG, progress=True)["content"][0]["text"] == COMPUTED


def test_a_timeout_of_nothing_names_the_job_at_once_and_it_goes_on(
    kind: Kind, route: str, start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    client = start(kind, route)
    job = reference(client.call(TOOL, SHORT, progress=True, timeout=0, idempotencyKey=key))
    assert [record.id for record in records(live, key)] == [job["id"]]
    until(lambda: client.read(job["statusUri"])["status"] == "completed", 60)
    assert len(client.job_result(job["id"])["structuredContent"]["singular_values"]) == 60


def test_the_lists_say_how_to_fetch_a_job(kind: Kind, route: str, start: StartClient) -> None:
    listed = start(kind, route).begin("list").result()
    tools = {tool["name"]: tool for tool in listed["tools"]}
    assert set(tools["get_job_result"]["inputSchema"]["properties"]) == {"job_id", "wait_seconds"}
    assert "anyOf" in tools[TOOL]["outputSchema"]
    templates = {template["uriTemplate"] for template in listed["templates"]}
    assert templates >= {"task://status/{id}", "task://result/{id}"}
