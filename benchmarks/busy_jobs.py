"""The jobs of a company with much of everything: rows as they are after days of work, with their calls and logs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID, uuid4

from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from mcp_runtime.contract.audit import AuditEvent
from tenants.models import Job, JobLine, Server, Tenant, User
from tenants.scope import tenant_scope
from tenants.sealing import seal
from tenants.services.calls import calls_record

ENDINGS: Final = (
    *(("completed", "returned", "ok"),) * 6,
    *(("completed", "returned", "tool_error"), ("completed", "timeout", "timeout")),
    *(("cancelled", "stopped", "cancelled"), ("failed", "outcome_unknown", "crashed")),
)
LINES: Final = 200
"""Of each job's log that has one; one job in a thousand has."""

STEP: Final = timedelta(seconds=60)
"""Ten thousand of them are of the week for which jobs are kept."""
CHUNK: Final = 500


class Employer(Protocol):
    """Whose jobs they are."""

    tenant: Tenant
    people: list[User]
    servers: list[Server]
    keys: list[Any]


@dataclass(frozen=True, slots=True)
class _Made:
    job: Job
    asked_at: datetime
    outcome: str


def jobs_grow(company: Employer, present: int, number: int) -> int:
    """Make what is missing to this number; how many there are then."""
    now = timezone.now()
    for start in range(present, number, CHUNK):
        made = [_made(company, index, now) for index in range(start, min(start + CHUNK, number))]
        calls_record(events=[_event(company, each) for each in made])
        with tenant_scope(company.tenant):
            Job.objects.bulk_create(each.job for each in made)
            for each in made:
                each.job.created_at = each.asked_at
            Job.objects.bulk_update([each.job for each in made], ["created_at"], batch_size=CHUNK)
            JobLine.objects.bulk_create(_lines(company, made))
    return max(present, number)


def _made(company: Employer, index: int, now: datetime) -> _Made:
    state, ending, outcome = ENDINGS[index % len(ENDINGS)]
    person, job_id, asked_at = company.people[index % len(company.people)], uuid4(), now - STEP * index
    key, has_result = company.keys[index % len(company.keys)], (state, ending) == ("completed", "returned")
    job = Job(
        id=job_id,
        tenant=company.tenant,
        server=company.servers[index % len(company.servers)],
        tool_id=UUID(int=index % 20),
        tool=f"record_{index % 20:02}",
        principal=f"{person.pk}|{key.family}",
        user_id=person.pk,
        client=str(key.family),
        credential_kind="api_key",
        delegate=key.family,
        sealed_arguments=_sealed(company, job_id, "sealed_arguments", b"{}"),
        shown_arguments='{"customer": "c-1042"}',
        timeout_seconds=3600,
        state=state,
        ending=ending,
        attempt=1,
        progress=float(index % 100),
        progress_total=100.0,
        sealed_result=_sealed(company, job_id, "sealed_result", _result()) if has_result else None,
        line_count=LINES if index % 1000 == 0 else 0,
        started_at=asked_at,
        ended_at=asked_at + STEP,
        expires_at=now + timedelta(days=7),
    )
    return _Made(job, asked_at, outcome)


def _event(company: Employer, made: _Made) -> AuditEvent:
    job = made.job
    return AuditEvent(
        id=str(job.pk),
        time=made.asked_at.timestamp(),
        tenant_id=str(company.tenant.pk),
        server_id=str(job.server_id),
        method="tools/call",
        tool=job.tool,
        outcome=made.outcome,
        duration_ms=STEP.total_seconds() * 1000,
        user=str(job.user_id),
        client=job.client,
        credential_kind=job.credential_kind,
    )


def _lines(company: Employer, made: Sequence[_Made]) -> Iterator[JobLine]:
    for each in made:
        for number in range(1, each.job.line_count + 1):
            facts = {"number": number, "time": each.asked_at, "level": "info", "text": f"step {number}"}
            yield JobLine(tenant=company.tenant, job_id=each.job.pk, **facts)


def _result() -> bytes:
    return encode_tool_result(ToolResult([TextContent("done")], structured={"done": True}))


def _sealed(company: Employer, job_id: UUID, column: str, value: bytes) -> bytes:
    return seal(value, tenant_id=company.tenant.pk, row_id=job_id, column=column)
