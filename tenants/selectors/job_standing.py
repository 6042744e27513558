"""What a job's permission rests on now: its person, and the key or connection that it was asked for with.

Expiry does not matter: a job outlives it, as calls do. Revocation does.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from mcp_runtime.contract.credentials import CredentialRecord
from tenants import playground
from tenants.abilities import Ability, can
from tenants.models import ApiKey, ApiKeyServer, Connection, Job, Membership, User
from tenants.selectors.credentials import KIND_ACCESS_TOKEN, KIND_API_KEY

PLAYGROUND_SCOPES: Final = ("mcp:read", "mcp:call")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The job may not go on, whatever the grants say. `reason` is one of not_a_member, credential_revoked."""

    reason: str


def with_standing(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """These jobs with their servers, tenants, and what `job_credential` reads, in the same query."""
    person = {"user_id": OuterRef("user_id")}
    members = Membership.objects.filter(tenant_id=OuterRef("tenant_id"), **person)
    connections = Connection.objects.filter(
        pk=OuterRef("delegate"), server_id=OuterRef("server_id"), revoked_at=None, **person
    )
    tried_out = ApiKey.objects.filter(family=playground.FAMILY, revoked_at__gte=OuterRef("created_at"), **person)
    return jobs.select_related("server__tenant").annotate(
        person_role=Subquery(members.values("role")[:1]),
        person_is_active=Exists(User.objects.filter(pk=OuterRef("user_id"), is_active=True)),
        key_scopes=Subquery(_keys().values("scopes")[:1]),
        playground_ended=Exists(tried_out),
        connection_scopes=Subquery(connections.values("scopes")[:1]),
        connection_tools=Subquery(connections.values("tool_ids")[:1]),
    )


def _keys() -> QuerySet[ApiKey]:
    """The keys of the job's family that were not revoked and are good for its server, the newest first."""
    family = ApiKey.objects.filter(family=OuterRef("delegate"), user_id=OuterRef("user_id"), revoked_at=None)
    links = ApiKeyServer.objects.filter(api_key_id=OuterRef("pk"), server_id=OuterRef(OuterRef("server_id")))
    return family.filter(Q(all_servers=True) | Exists(links)).order_by("-created_at")


def job_credential(job: Job) -> CredentialRecord | Withdrawn:
    """The credential that the job stands on now, as the runtime's decision reads it: never more than when it was asked
    for. Of a job that was read `with_standing`."""
    if not job.person_is_active or job.person_role is None or not can(job.person_role, Ability.CALL_TOOLS):
        return Withdrawn("not_a_member")
    scopes = _scopes(job)
    if scopes is None:
        return Withdrawn("credential_revoked")
    by_token = job.credential_kind == KIND_ACCESS_TOKEN
    return CredentialRecord(
        version=0,
        kind=job.credential_kind,
        credential_id=str(job.delegate),
        tenant_id=str(job.tenant_id),
        tenant=job.server.tenant.slug,
        user=str(job.user_id),
        client=job.client,
        api_key=None if by_token else str(job.delegate),
        tools=tuple(job.connection_tools) if by_token and job.connection_tools is not None else None,
        scopes=tuple(scope for scope in job.scopes if scope in scopes),
        roles=(job.person_role,),
    )


def _scopes(job: Job) -> list[str] | tuple[str, ...] | None:
    """What the key or connection may now; None where it is gone."""
    if job.credential_kind == KIND_ACCESS_TOKEN:
        scopes: list[str] | None = job.connection_scopes
        return scopes
    if job.credential_kind != KIND_API_KEY:
        return None
    if job.delegate == playground.FAMILY:
        # Its keys live for minutes and are swept away; only a revocation takes back what was begun by one.
        return None if job.playground_ended else PLAYGROUND_SCOPES
    found: list[str] | None = job.key_scopes
    return found
