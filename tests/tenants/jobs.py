"""Jobs as the runtime asks for them, and workers as they claim them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from mcp_runtime.contract.jobs import JobOwner, JobView, NewJob
from tenants import playground
from tenants.models import ApiKey, Call, Connection, Job, ServerTool
from tenants.scope import platform_scope, tenant_scope
from tenants.services.job_claiming import ClaimedJob, job_claim
from tenants.services.job_creation import job_create
from tests.fixtures.cast import Person
from tests.fixtures.oauth import access_token_build
from tests.tenants.audit_events import event_of

SECRET = "the-owl-flies-at-midnight"


def tool_of(person: Person, name: str = "shout") -> ServerTool:
    """A tool of the server of the person's company."""
    with tenant_scope(person.company.tenant):
        tool: ServerTool = ServerTool.objects.get(server=person.company.server, name=name)
        return tool


def key_facts(key: ApiKey) -> dict[str, Any]:
    """What an audit event says of a call by this key."""
    return {"credential_kind": "api_key", "credential_id": str(key.pk), "client": str(key.family)}


def token_facts(person: Person, connection: Connection | None = None) -> dict[str, Any]:
    """What an audit event says of a call by a token, which is made here."""
    token = access_token_build(person, secret=uuid4().hex, **({} if connection is None else {"connection": connection}))
    return {
        "credential_kind": "access_token",
        "credential_id": str(token.pk),
        "client": token.application.client_id,
    }


def new_job(person: Person, *, tool: str = "shout", facts: dict[str, Any] | None = None, **values: Any) -> NewJob:
    """A job that a person asks for on their company's server, by default from the playground."""
    said = facts or {"credential_kind": "api_key", "client": playground.CLIENT}
    row, job_id = tool_of(person, tool), values.pop("id", str(uuid4()))
    arguments = values.pop("arguments", {"text": SECRET})
    return NewJob(
        **{
            "id": job_id,
            "owner": owner_of(person, said["client"]),
            "tool_id": str(row.pk),
            "tool": row.name,
            "arguments": arguments,
            "scopes": ("mcp:read", "mcp:call"),
            "timeout_seconds": 60.0,
            "call": event_of(person, id=job_id, phase="intent", outcome="pending", tool=row.name, **said),
            **values,
        }
    )


def owner_of(person: Person, client: str = playground.CLIENT) -> JobOwner:
    """A person by one of their clients, on their company's server."""
    company = person.company
    return JobOwner(str(company.tenant.pk), str(company.server.pk), f"{person.user.pk}|{client}")


def ask(person: Person, **values: Any) -> JobView:
    """Ask for a job."""
    return job_create(job=new_job(person, **values))


def claim(worker: str = "worker") -> ClaimedJob:
    """Claim a job; there has to be one."""
    claimed = job_claim(worker=worker)
    assert claimed is not None, "there is no job to claim"
    return claimed


def row_of(job: JobView | ClaimedJob | str) -> Job:
    """The row as it is now."""
    job_id = job if isinstance(job, str) else job.id if isinstance(job, JobView) else job.job_id
    with platform_scope("test"):
        row: Job = Job.objects.get(pk=job_id)
        return row


def call_of(job: JobView | ClaimedJob | str) -> Call:
    """What the audit says of its call."""
    with platform_scope("test"):
        call: Call = Call.objects.get(event_id=str(row_of(job).pk))
        return call


def lose() -> None:
    """The workers of all running jobs are lost: their leases have run out."""
    with platform_scope("test"):
        Job.objects.filter(state="running").update(lease_expires_at=timezone.now() - timedelta(seconds=1))
