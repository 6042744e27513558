"""`make chaos` in short: everything is killed at random under two hundred jobs, and no promise is broken."""

import asyncio

import pytest

from tests.chaos.evidence import TERMINAL
from tests.chaos.nemesis import EACH
from tests.chaos.report import kills, report
from tests.chaos.shaken import Plan, shaken

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]

PLAN = Plan(seed=2, jobs=200, kills=16, within=30.0, replies=10, leases_end=True)


def test_no_promise_is_broken(tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome = asyncio.run(shaken(PLAN, tmp_path_factory.mktemp("short")))
    said = report(outcome)
    print(said)
    assert outcome.findings == [], said
    assert outcome.unanswered == outcome.missing == [], said
    assert kills(outcome) >= 15, said
    assert set(outcome.hits) == set(EACH), said
    assert len(outcome.evidence.jobs) == PLAN.jobs + PLAN.replies, said
    assert {job.state for job in outcome.evidence.jobs} <= TERMINAL, said
    acknowledged = {told.order for told in outcome.evidence.acknowledgements}
    assert len(acknowledged) == PLAN.jobs + PLAN.replies, said
