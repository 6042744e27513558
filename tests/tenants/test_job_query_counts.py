"""What is on the way of every job asks the database little, and no more where many wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, NewJob
from tenants.models import Job
from tenants.publishing.job_events import QueuePlace
from tenants.scope import platform_scope
from tenants.sealing import seal
from tenants.services.job_claiming import job_claim
from tenants.services.job_creation import job_create
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey
from tests.tenants.jobs import ask, claim, key_facts, new_job, row_of, token_facts, tool_of

TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
SCOPE = "set_config("
DONE = ToolResult([TextContent("HELLO")])


@contextmanager
def at_most(most: int) -> Iterator[None]:
    """So many statements, those not counted by which a transaction begins, gets its scope, and ends."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured.captured_queries]
    counted = [sql for sql in asked if not sql.startswith(TRANSACTIONS) and SCOPE not in sql]
    assert len(counted) <= most, "\n".join(counted)


def by_key(cast: Cast, make_key: MakeKey) -> NewJob:
    return new_job(cast.max, facts=key_facts(make_key(cast.max).api_key), idempotency_key="order-1")


def by_token(cast: Cast, _: MakeKey) -> NewJob:
    return new_job(cast.max, facts=token_facts(cast.max))


@pytest.mark.parametrize("asked_by", [by_key, by_token])
def test_a_job_costs_few_statements_from_its_beginning_to_its_end(
    cast: Cast, make_key: MakeKey, asked_by: Callable[..., NewJob]
) -> None:
    ask(cast.max)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)  # the server is known from now on
    job = asked_by(cast, make_key)
    with at_most(4):
        job_create(job=job)
    with at_most(2):
        claimed = claim()
    assert claimed.job_id == job.id
    with at_most(2):
        assert job_renew(claimed=claimed, progress=JobProgress(1.0)).held
    with at_most(3):
        job_renew(claimed=claimed, lines=[JobLineText(timezone.now(), "info", "hello")])
    with at_most(4):
        assert job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE) is not None


def test_a_job_that_a_bell_has_named_is_claimed_in_one_statement(cast: Cast) -> None:
    ask(cast.max)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    job = ask(cast.max)
    place = QueuePlace(cast.acme.tenant.pk, tool_of(cast.max).pk)
    with at_most(1):
        claimed = job_claim(worker="worker", place=place)
    assert claimed is not None
    assert claimed.job_id == job.id


def test_looking_for_work_where_there_is_none_is_one_question(cast: Cast) -> None:
    with at_most(1):
        assert job_claim(worker="worker") is None


def fastest_claim() -> float:
    """Seconds of the fastest of many claims: what else the machine does has no part in it."""
    times = []
    for _ in range(15):
        began = perf_counter()
        claimed = claim()
        times.append(perf_counter() - began)
        job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    return min(times)


def fill(cast: Cast, number: int) -> None:
    first = row_of(ask(cast.max))
    fields: dict[str, Any] = {field.attname: getattr(first, field.attname) for field in Job._meta.concrete_fields}
    rows = [Job(**{**fields, "id": uuid4()}) for _ in range(number)]
    for row in rows:
        place = {"tenant_id": row.tenant_id, "row_id": row.pk, "column": "sealed_arguments"}
        row.sealed_arguments = seal(b"{}", **place)
    with platform_scope("test"):
        Job.objects.bulk_create(rows, batch_size=500)


@pytest.mark.django_db(transaction=True)
def test_a_claim_takes_no_longer_where_thousands_wait(cast: Cast) -> None:
    fill(cast, 20)
    few = fastest_claim()
    fill(cast, 4_000)
    assert fastest_claim() < 3 * few
