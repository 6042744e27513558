"""The runtime's port to jobs: they are its caller's own, and a database that is away is not a "no"."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, JobsFull, JobState
from mcp_runtime.contract.ports import JobRecord, RecordUnavailable
from tenants.actor import PLATFORM
from tenants.models import Job
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.job_record import DatabaseJobs
from tenants.scope import tenant_scope
from tenants.services.job_endings import job_finish
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast
from tests.tenants.jobs import call_of, claim, new_job, owner_of

# The threads have connections of their own, so they see only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
LARGE = ToolResult([TextContent("x" * 2_000_000)])


@pytest.fixture
def threads() -> Iterator[DatabaseThreads]:
    made = DatabaseThreads(threads=2)
    yield made
    made.close()


@pytest.fixture
def record(threads: DatabaseThreads) -> JobRecord:
    return DatabaseJobs(threads)


def run(question: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(question)


def test_a_job_is_kept_read_and_cancelled_by_its_owner(cast: Cast, record: JobRecord, store: Any) -> None:
    job = run(record.create(new_job(cast.max)))
    mine = owner_of(cast.max)
    assert run(record.read(mine, job.id)) == job
    assert store.llen("tools") == 1
    assert run(record.ended([job.id])) == set()
    cancelled = run(record.cancel(mine, job.id))
    assert cancelled is not None
    assert cancelled.state == JobState.CANCELLED
    assert run(record.ended([job.id])) == {job.id}
    assert call_of(job).outcome == "cancelled"


def test_a_large_result_is_read_by_its_owner(cast: Cast, record: JobRecord) -> None:
    job = run(record.create(new_job(cast.max)))
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=LARGE)
    view = run(record.read(owner_of(cast.max), job.id))
    body = run(record.stored_result(owner_of(cast.max), job.id))
    assert view is not None
    assert (view.result, view.stored_bytes) == (None, len(body or b""))


def test_nobody_else_has_the_job(cast: Cast, record: JobRecord) -> None:
    job = run(record.create(new_job(cast.max)))
    for owner in (owner_of(cast.ada), owner_of(cast.gus), owner_of(cast.max, "another-client")):
        assert run(record.read(owner, job.id)) is None
        assert run(record.cancel(owner, job.id)) is None
        assert run(record.stored_result(owner, job.id)) is None
    assert run(record.read(owner_of(cast.max), job.id)) == job


def test_a_full_queue_says_so(cast: Cast, record: JobRecord) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_queued": 1})
    run(record.create(new_job(cast.max)))
    with pytest.raises(JobsFull):
        run(record.create(new_job(cast.max)))


def test_a_database_that_fails_is_unavailable(cast: Cast, record: JobRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    job = new_job(cast.max)

    def away(*_: Any, **__: Any) -> Any:
        raise DatabaseError("away")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    for question in (record.create(job), record.read(job.owner, job.id), record.ended([job.id])):
        with pytest.raises(RecordUnavailable):
            run(question)


def test_a_result_that_no_key_opens_is_unavailable(cast: Cast, record: JobRecord, settings: Any) -> None:
    job = run(record.create(new_job(cast.max)))
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=LARGE)
    settings.SECRET_KEY = "another secret of this installation, long enough"
    with pytest.raises(RecordUnavailable):
        run(record.stored_result(owner_of(cast.max), job.id))


def test_jobs_are_read_in_pages_by_their_owner(cast: Cast, record: JobRecord) -> None:
    jobs = [run(record.create(new_job(cast.max))) for _ in range(3)]
    run(record.create(new_job(cast.ada)))
    run(record.create(new_job(cast.gus)))
    mine = owner_of(cast.max)
    first = run(record.page(mine, after=None, limit=2))
    assert first == [jobs[2], jobs[1]]
    assert run(record.page(mine, after=jobs[1].id, limit=2)) == [jobs[0]]
    assert run(record.page(mine, after=jobs[0].id, limit=2)) == []


def test_a_page_begins_behind_no_job_of_somebody_elses(cast: Cast, record: JobRecord) -> None:
    theirs = run(record.create(new_job(cast.max)))
    for owner in (owner_of(cast.ada), owner_of(cast.gus), owner_of(cast.max, "another-client")):
        assert run(record.page(owner, after=None, limit=10)) == []
        for after in (theirs.id, str(uuid4()), "no id at all"):
            assert run(record.page(owner, after=after, limit=10)) is None


def test_jobs_of_one_moment_are_each_on_one_page(cast: Cast, record: JobRecord) -> None:
    made = {run(record.create(new_job(cast.max))).id for _ in range(4)}
    with tenant_scope(cast.acme.tenant):
        Job.objects.update(created_at=timezone.now())
    mine, seen, after = owner_of(cast.max), [], None
    while page := run(record.page(mine, after=after, limit=1)):
        after = page[-1].id
        seen.append(after)
    assert (set(seen), len(seen)) == (made, 4)
