"""HTTP tools in background: claimed by a worker, run beside it with the tenant's secrets, ended once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest
from django.db import connection

from egress.door import Door
from egress.installation import Installation
from egress.pool import Pool
from mcp_runtime.contract.http_tools import KIND
from mcp_runtime.contract.jobs import JobState
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.jobs.loop_runner import LoopRunner
from tenants.jobs.awake import AwakeEar
from tenants.jobs.working import jobs_work
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.secret_vault import DatabaseVault
from tenants.selectors.jobs import job_of_owner, job_view
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.server_tools import server_tool_update
from tenants.services.stored_secrets import secret_create
from tests.egress.outside import answer
from tests.fixtures.cast import Cast, Person
from tests.fixtures.http_site import HttpSite, http_site
from tests.fixtures.http_tools import signed, tool_made
from tests.tenants.jobs import ask, call_of, owner_of, row_of

# The vault has connections of its own, so it sees only what was committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("store")]

VALUES = {"ada": "zilpzalp-4711", "gus": "kohlmeise-4711"}


@dataclass
class Worker:
    """A worker of this process, with a site that every name leads to."""

    site: HttpSite
    threads: DatabaseThreads = field(default_factory=lambda: DatabaseThreads(threads=1))

    def __post_init__(self) -> None:
        self.runner = LoopRunner(self._executors)

    def _executors(self) -> Any:
        door = Door(installation=Installation(), outside=self.site.outside, pool=Pool())
        return {KIND: HttpExecutor(door, DatabaseVault(self.threads).secret).bind}

    def work(self) -> int:
        return jobs_work(worker="worker", runner=self.runner, ear=AwakeEar())


@pytest.fixture
def worker() -> Iterator[Worker]:
    with http_site() as site:
        made = Worker(site)
        yield made
        made.runner.close()
        made.threads.close()


def background(person: Person, **request: Any) -> None:
    """A tool that runs as a job, with a secret of the company's own."""
    who = {"tenant": person.company.tenant, "actor": person.actor}
    value = VALUES[person.user.name.lower()]
    secret_create(**who, name="crm-token", value=value)
    tool = tool_made(person, constants=signed(), **request)
    server_tool_update(**who, server=person.company.server, tool=tool, mode="background")


def view_of(job_id: str, person: Person) -> Any:
    found = job_of_owner(owner=owner_of(person), job_id=job_id)
    assert found is not None
    return job_view(found)


def test_it_runs_with_its_own_tenants_secret_and_the_key_of_its_effect(cast: Cast, worker: Worker) -> None:
    for person in (cast.ada, cast.gus):
        background(person, idempotency_header="Idempotency-Key")
    worker.site.answer = lambda request: answer(
        b'{"id": 7, "seen": "' + request.split(b"Bearer ")[1].split(b"\r\n")[0] + b'"}', Content_Type="application/json"
    )
    jobs = [(person, ask(person, tool="get_item", arguments={"id": "7"})) for person in (cast.ada, cast.gus)]
    assert worker.work() == 2
    sent = {request.split(b"Bearer ")[1].split(b"\r\n")[0].decode(): request for request in worker.site.requests}
    for person, job in jobs:
        ended = view_of(job.id, person)
        value = VALUES[person.user.name.lower()]
        assert (ended.state, call_of(job).outcome, call_of(job).reason) == (JobState.COMPLETED, "ok", "")
        assert f"Idempotency-Key: {job.id}".encode() in sent[value]
        assert b'"seen":"[secret crm-token]"' in ended.result
        assert value.encode() not in ended.result
        assert value not in str(vars(row_of(job)))


def test_what_is_refused_its_way_out_stands_with_the_call(cast: Cast, worker: Worker) -> None:
    background(cast.ada, url="https://10.0.0.1/{id}")
    job = ask(cast.ada, tool="get_item", arguments={"id": "7"})
    assert worker.work() == 1
    assert (call_of(job).outcome, call_of(job).reason) == ("tool_error", "egress_refused: host_is_address 10.0.0.1")
    assert worker.site.recorder.connects == []


def test_cancelling_closes_the_connection_and_ends_the_job_once(cast: Cast, worker: Worker) -> None:
    background(cast.ada)
    job, asked = ask(cast.ada, tool="get_item", arguments={"id": "7"}), Event()

    def never(_: bytes) -> bytes:
        job_cancel_own(owner=owner_of(cast.ada), job_id=job.id)
        connection.close()  # this thread's own
        worker.runner.look(job.id)
        asked.wait(20)
        return b""

    worker.site.answer = never
    try:
        assert worker.work() == 1
    finally:
        asked.set()
    assert view_of(job.id, cast.ada).state is JobState.CANCELLED
    assert call_of(job).outcome == "cancelled"
    assert {opened.fileno() for opened in worker.site.recorder.opened} == {-1}
