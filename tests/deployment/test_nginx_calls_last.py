"""Calls that take a while, through nginx, in front of real runtimes."""

import pytest

from tests.deployment.installation import Installation
from tests.deployment.mcp_requests import decomposition
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes


def running(installation: Installation) -> float:
    return sum(installation.metric("atrium_calls_in_flight"))


def test_progress_arrives_while_the_call_still_runs(installation: Installation) -> None:
    with decomposition(installation, 300) as messages:
        assert next(messages)["method"] == "notifications/progress"
        assert running(installation) == 1
        result = list(messages)[-1]["result"]
    assert len(result["structuredContent"]["singular_values"]) == 300
    until(lambda: running(installation) == 0, 5)


def test_a_client_that_goes_ends_the_call(installation: Installation) -> None:
    with decomposition(installation, 500) as messages:
        assert next(messages)["method"] == "notifications/progress"
        assert running(installation) == 1
    until(lambda: running(installation) == 0, 10)
