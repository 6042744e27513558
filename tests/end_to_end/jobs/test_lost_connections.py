"""What was begun is finished and fetched, although a client, a connection or a replica died meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.end_to_end.jobs.records import ended, records
from tests.end_to_end.jobs.replicas import Pair, pair
from tests.end_to_end.jobs.steered import LEGACY_KINDS, MODERN_KINDS, ClientError, Host, Kind, StartClient, hosted
from tests.fixtures.live import Live

pytestmark = pytest.mark.processes
TOOL = "matrix_decomposition"
LONG = {"size": 240, "seed": 5}


@pytest.fixture(scope="module")
def both(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two replicas for all tests of this module."""
    with pair(live, tmp_path_factory.mktemp("doomed")) as started:
        yield started


@pytest.fixture
def doomed(both: Pair) -> Pair:
    """Both are there, and a test may end one."""
    both.revive()
    return both


@pytest.fixture
def hosted_alone(node: Path, tmp_path: Path) -> Iterator[Callable[[str], Host]]:
    """A process for clients of one SDK, for a test that ends it."""
    with ExitStack() as stack:
        yield lambda sdk: stack.enter_context(hosted(sdk, node, tmp_path / "client.log"))


def serving(pair_: Pair) -> int:
    """The replica that the call waits on: a session may have a standing stream elsewhere."""

    def waiting(port: int) -> float:
        page = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        return sum(float(line.split()[1]) for line in page.splitlines() if line.startswith("atrium_jobs_waiting "))

    (port,) = [port for port in pair_.replicas if waiting(port)]
    return port


def is_the_result(result: dict[str, Any]) -> bool:
    return len(result["structuredContent"]["singular_values"]) == LONG["size"]


@pytest.mark.parametrize("kind", MODERN_KINDS, ids=str)
def test_a_modern_client_whose_replica_dies_asks_again_and_gets_the_same_job(
    kind: Kind, doomed: Pair, start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    client = start(kind, doomed.base_url)
    call = client.begin_call(TOOL, LONG, progress=True, idempotencyKey=key)
    call.until_progress()
    doomed.kill(serving(doomed))
    if kind.sdk == "typescript-2":
        call.cancel()  # it does not say that its stream broke, and its user gives up
    with pytest.raises(ClientError):
        call.result()
    (before,) = records(live, key)
    assert before.state == "running"
    result = client.call(TOOL, LONG, progress=True, idempotencyKey=key)
    assert is_the_result(result)
    assert ended(live, key) == (before.id, "completed", "returned", 1, "ok")
    assert result["_meta"]["io.atrium/job"] == before.id


@pytest.mark.parametrize("kind", LEGACY_KINDS, ids=str)
def test_a_legacy_client_whose_replica_dies_resumes_by_itself(
    kind: Kind, doomed: Pair, start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    call = start(kind, doomed.base_url).begin_call(TOOL, LONG, progress=True, idempotencyKey=key)
    call.until_progress()
    doomed.kill(serving(doomed))
    assert is_the_result(call.result())
    assert all(earlier < later for earlier, later in pairwise(call.progress))
    assert ended(live, key)[1:] == ("completed", "returned", 1, "ok")


@pytest.mark.parametrize("kind", LEGACY_KINDS, ids=str)
def test_the_job_of_a_legacy_client_that_died_goes_on_and_the_next_one_gets_it(
    kind: Kind, route: str, hosted_alone: Callable[[str], Host], start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    dying = hosted_alone(kind.sdk)
    call = dying.start(live.endpoint("demo", route), kind).begin_call(TOOL, LONG, progress=True, idempotencyKey=key)
    call.until_progress()
    dying.kill()
    result = start(kind, route).call(TOOL, LONG, progress=True, idempotencyKey=key)
    assert is_the_result(result)
    assert ended(live, key) == (result["_meta"]["io.atrium/job"], "completed", "returned", 1, "ok")


@pytest.mark.parametrize("kind", MODERN_KINDS, ids=str)
def test_a_modern_client_that_dies_ends_its_job_unless_it_was_told_which(
    kind: Kind, route: str, hosted_alone: Callable[[str], Host], start: StartClient, live: Live
) -> None:
    waited_for, named = str(uuid4()), str(uuid4())
    dying = hosted_alone(kind.sdk)
    client = dying.start(live.endpoint("demo", route), kind)
    call = client.begin_call(TOOL, LONG, progress=True, idempotencyKey=waited_for)
    call.until_progress()
    answer = client.call(TOOL, LONG, timeout=0, idempotencyKey=named)
    dying.kill()
    assert ended(live, waited_for)[1:] == ("cancelled", "stopped", 1, "cancelled")
    assert is_the_result(start(kind, route).job_result(answer["structuredContent"]["job"]["id"]))
    assert ended(live, named)[1:] == ("completed", "returned", 1, "ok")
