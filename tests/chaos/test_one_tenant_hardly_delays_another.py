"""Two thousand jobs of acme wait. Globex comes with its first one: each worker may take one more of acme's at most,
counted in claims, before it takes globex's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Job
from tenants.scope import tenant_scope
from tenants.sealing import seal
from tenants.services.job_claiming import ClaimedJob, job_claim
from tenants.services.job_endings import job_finish
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import ask, claim, row_of

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = 2_000
WORKERS = 4
ROUNDS = 20


def ask_often(person: Person, times: int) -> None:
    """One job, and as many more as there are to be: their rows alone, which is quick."""
    first = row_of(ask(person))
    rows = [copy(first) for _ in range(times - 1)]
    for row in rows:
        row.pk = uuid4()
        row.sealed_arguments = seal(b"{}", tenant_id=row.tenant_id, row_id=row.pk, column="sealed_arguments")
    with tenant_scope(person.company.tenant):
        Job.objects.bulk_create(rows, batch_size=500)


def finish(claimed: ClaimedJob) -> None:
    """The tool has returned."""
    assert job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=ToolResult()) is not None


@pytest.fixture
def crowd(cast: Cast, store: Any) -> Cast:
    """Acme with its jobs, and globex with none yet."""
    ask_often(cast.ada, WAITING)
    return cast


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_the_first_worker_that_is_free_takes_the_newcomer(crowd: Cast, workers: int) -> None:
    busy = [claim(f"worker-{number}") for number in range(workers)]
    assert {claimed.tenant for claimed in busy} == {"acme"}

    ask(crowd.gus)
    finish(busy[0])

    assert claim("worker-0").tenant == "globex"


def test_a_single_worker_serves_two_crowds_in_turn(crowd: Cast) -> None:
    ask_often(crowd.gus, 10)
    served = []
    for _ in range(20):
        claimed = claim()
        served.append(claimed.tenant)
        finish(claimed)
    assert served == ["acme", "globex"] * 10


def test_several_workers_serve_two_crowds_alike(crowd: Cast) -> None:
    ask_often(crowd.gus, 10)
    assert sorted(claim().tenant for _ in range(WORKERS)) == ["acme", "acme", "globex", "globex"]


@dataclass(frozen=True)
class Taken:
    """One claim: whose job it gave, and between which moments, in monotonic seconds."""

    tenant: str
    began: float
    ended: float


class Workers:
    """Some that claim and finish without a rest. `claims` are all claims, in the order of their ends."""

    def __init__(self) -> None:
        self.claims: list[Taken] = []
        self.served = Event()
        """Set once a job of globex is done: one that still ran would have its next one wait for acme's turn."""
        self._writing, self._stopped = Lock(), Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(WORKERS) as pool:
            working = [pool.submit(self._work, f"worker-{number}") for number in range(WORKERS)]
            try:
                yield
            finally:
                self._stopped.set()
            for each in working:
                each.result()

    def _work(self, name: str) -> None:
        try:
            while not self._stopped.is_set() and self._claim(name):
                pass
        finally:
            connection.close()

    def _claim(self, name: str) -> bool:
        began = monotonic()
        claimed = job_claim(worker=name)
        if claimed is None:
            return False
        with self._writing:
            self.claims.append(Taken(claimed.tenant, began, monotonic()))
        finish(claimed)
        if claimed.tenant == "globex":
            self.served.set()
        return True


def test_busy_workers_take_one_more_each_at_most(crowd: Cast) -> None:
    """Those that had begun to look before there was a newcomer. While one of them takes the newcomer, which is its turn
    then, the others may go on."""
    workers = Workers()
    with workers.running():
        for _ in range(ROUNDS):
            ask(crowd.gus)
            asked = monotonic()
            assert workers.served.wait(30)
            workers.served.clear()
            taken = next(claim for claim in reversed(workers.claims) if claim.tenant == "globex")
            before = [claim for claim in workers.claims if asked < claim.ended < taken.began]
            assert len(before) <= WORKERS, before
    assert len(workers.claims) < WAITING, "the crowd was gone before the end"
