"""Other people's clients of the older eras whose connections break in the middle of streams: they resume by themselves,
on another replica, and neither miss nor hear anything twice."""

from itertools import pairwise

import pytest

from tests.end_to_end.jobs.steered import LEGACY_KINDS, Kind, StartClient, SteeredClient
from tests.fixtures.live import ProxyFactory

pytestmark = pytest.mark.processes
MATRIX = {"size": 120, "seed": 11}
CUT_AFTER = 2
JOB = "matrix_decomposition"
STEADFAST_KINDS = tuple(kind for kind in LEGACY_KINDS if kind.sdk != "python")
"""The Python client asks for what it has already when a resumed stream breaks off in its turn."""


@pytest.fixture(params=["background", "inline"])
def tool(request: pytest.FixtureRequest) -> str:
    """The long tool, as a job on a worker and within a replica."""
    if request.param == "background":
        return JOB
    return str(request.getfixturevalue("inline_decomposition"))


@pytest.fixture(scope="module")
def cutting_once(proxy_to: ProxyFactory) -> str:
    """A proxy that breaks the stream of every call after its second event."""
    return proxy_to("--cut-after", str(CUT_AFTER))


@pytest.fixture(scope="module")
def cutting_always(proxy_to: ProxyFactory) -> str:
    """A proxy that breaks every stream after its second event."""
    return proxy_to("--cut-after", str(CUT_AFTER), "--cut-again")


def check_that_nothing_is_missed(client: SteeredClient, tool: str) -> None:
    """Every sweep is reported once, in order, before the result. Of those of a job that come within moments of each
    other the last one stands for all: on a slow machine that may leave but one."""
    call = client.begin_call(tool, MATRIX, progress=True)
    sweeps = call.result()["structuredContent"]["sweeps"]
    assert all(earlier < later for earlier, later in pairwise(call.progress))
    assert len(call.progress) <= sweeps == call.progress[-1]
    assert tool == JOB or CUT_AFTER < len(call.progress) == sweeps


@pytest.mark.parametrize("kind", LEGACY_KINDS, ids=str)
def test_a_broken_call_is_heard_of_once_and_to_its_end(
    kind: Kind, tool: str, cutting_once: str, start: StartClient
) -> None:
    check_that_nothing_is_missed(start(kind, cutting_once), tool)


@pytest.mark.parametrize("kind", STEADFAST_KINDS, ids=str)
def test_a_call_that_breaks_again_and_again_is_heard_of_once_and_to_its_end(
    kind: Kind, tool: str, cutting_always: str, start: StartClient
) -> None:
    check_that_nothing_is_missed(start(kind, cutting_always), tool)
