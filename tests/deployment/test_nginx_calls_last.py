"""Calls that take a while, through nginx, in front of real runtimes and workers."""

import pytest

from tests.deployment.installation import Installation
from tests.deployment.mcp_requests import decomposition
from tests.deployment.test_services_do_their_work import query
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes


def waiting(installation: Installation) -> float:
    return sum(installation.metric("atrium_jobs_waiting"))


def last_ending(installation: Installation) -> str:
    """How the job that was asked for last has ended; empty while it runs."""
    ((ending,),) = query(installation, "SELECT ending FROM tenants_job ORDER BY created_at DESC LIMIT 1")
    return str(ending)


def test_progress_arrives_while_the_job_still_runs(installation: Installation) -> None:
    with decomposition(installation, 400) as messages:
        assert next(messages)["method"] == "notifications/progress"
        assert waiting(installation) == 1
        result = list(messages)[-1]["result"]
    assert len(result["structuredContent"]["singular_values"]) == 400
    assert last_ending(installation) == "returned"
    until(lambda: waiting(installation) == 0, 5)


def test_a_client_that_goes_ends_the_job(installation: Installation) -> None:
    with decomposition(installation, 600) as messages:
        assert next(messages)["method"] == "notifications/progress"
        assert waiting(installation) == 1
    until(lambda: waiting(installation) == 0, 10)
    until(lambda: last_ending(installation) == "stopped", 15)
