"""What somebody would see on a server, decided by the function that decides it in the runtime."""

from dataclasses import dataclass
from typing import Final

import msgspec
from django.utils import timezone

from mcp_runtime.calls.authorization import Allowed, decide
from mcp_runtime.contract.credentials import CredentialRecord
from tenants.abilities import Ability, can
from tenants.catalogue import tool_catalogue
from tenants.models import ApiKey, Connection, Membership, Server, Tenant
from tenants.publishing.credentials import MCP_SCOPES, build_credential
from tenants.publishing.snapshots import build_snapshot
from tenants.selectors.credentials import api_key_rows

REASONS: Final = {
    "denied_by_grant": "a grant denies it, and deny wins",
    "not_granted": "no grant allows it",
    "outside_selection": "not among the tools chosen for this key or client",
    "insufficient_scope": "only read-only tools are within its scopes",
}
"""Why not, in words, by the runtime's name for it."""


@dataclass(frozen=True, slots=True)
class EffectiveTool:
    """A tool that the server serves; `reason` is the runtime's name for why it may not be called, else empty."""

    name: str
    title: str
    is_read_only: bool
    reason: str = ""

    @property
    def is_allowed(self) -> bool:
        """True where it may be called, and so is listed."""
        return not self.reason

    @property
    def words(self) -> str:
        """The reason, for people."""
        return REASONS.get(self.reason, self.reason)


@dataclass(frozen=True, slots=True)
class Effective:
    """The tools, by name; or, in `nothing`, why the credential gets in nowhere at all."""

    tools: tuple[EffectiveTool, ...] = ()
    nothing: str = ""

    @property
    def allowed(self) -> int:
        """How many may be called."""
        return sum(tool.is_allowed for tool in self.tools)


def effective_for_role(*, tenant: Tenant, server: Server, role: str) -> Effective:
    """For a member of this role, of whom nothing is said by name, with every scope."""
    if not can(role, Ability.CALL_TOOLS):
        return Effective(nothing=f"Members with the role {role} call no tools.")
    return _decided(server, _record(tenant, role=role))


def effective_for_member(*, tenant: Tenant, server: Server, member: Membership) -> Effective:
    """For a member who connects a client and gives it every scope."""
    if not can(member.role, Ability.CALL_TOOLS):
        return Effective(nothing=f"Members with the role {member.role} call no tools.")
    return _decided(server, _record(tenant, role=member.role, user=str(member.user_id)))


def effective_for_key(*, server: Server, api_key: ApiKey) -> Effective:
    """For whoever holds this key."""
    row = next(api_key_rows(ApiKey.objects.filter(pk=api_key.pk)))
    record = build_credential(row=row, now=timezone.now())
    if record is None:
        return Effective(nothing="This key opens no server: it has ended, or was made for the REST API only.")
    if record.servers is not None and server.slug not in record.servers:
        return Effective(nothing="This key was made for other servers.")
    return _decided(server, record)


def effective_for_connection(*, tenant: Tenant, server: Server, connection: Connection, role: str) -> Effective:
    """For a client that this person has let in here."""
    if connection.revoked_at is not None or connection.server_id != server.pk:
        return Effective(nothing="This client is not connected to this server.")
    if not can(role, Ability.CALL_TOOLS):
        return Effective(nothing=f"Members with the role {role} call no tools.")
    return _decided(
        server,
        _record(
            tenant,
            role=role,
            user=str(connection.user_id),
            client=connection.client_id,
            scopes=tuple(scope for scope in connection.scopes if scope in MCP_SCOPES),
            tools=None if connection.tool_ids is None else tuple(connection.tool_ids),
        ),
    )


def _record(tenant: Tenant, *, role: str, **known: object) -> CredentialRecord:
    """A credential that nobody holds, to ask what it would be good for."""
    plain = CredentialRecord(
        version=0,
        kind="access_token",
        credential_id="",
        tenant_id=str(tenant.pk),
        tenant=tenant.slug,
        client="",
        scopes=tuple(sorted(MCP_SCOPES)),
        roles=(role,),
    )
    return msgspec.structs.replace(plain, **known)


def _decided(server: Server, record: CredentialRecord) -> Effective:
    found = Server.objects.select_related("tenant").get(pk=server.pk)
    snapshot = build_snapshot(server=found, catalogue=tool_catalogue())
    tools = []
    for tool in snapshot.tools:
        decision = decide(snapshot, record, tool)
        reason = "" if isinstance(decision, Allowed) else decision.reason
        tools.append(EffectiveTool(tool.name, tool.title or "", tool.annotations.is_read_only, reason))
    return Effective(tools=tuple(tools))
