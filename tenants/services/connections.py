"""Connections: a person lets a client use one server in their name, and takes that back."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, AlreadyEndedError, InvalidValueError, NotFoundError
from tenants.models import AccessToken, ApiKey, Application, Connection, Server, Tenant
from tenants.models.server import ServerStatus
from tenants.publishing.changes import credentials_changed
from tenants.scope import tenant_scope
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.connections import connection_get, connection_locked
from tenants.selectors.members import member_locked
from tenants.selectors.servers import server_get
from tenants.services.connection_ending import connections_end

MCP_SCOPES = ("mcp:read", "mcp:call")


def connection_consent(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    application: Application,
    redirect_host: str,
    scopes: Sequence[str],
    tool_ids: Sequence[UUID] | None,
) -> Connection:
    """The actor lets the client use the server, with these scopes and tools: a new connection, or new terms for the
    one that lives. `tool_ids` None stands for every tool that they may call, now and later.

    What the new terms take back is gone from tokens of before, too. Raises AbilityMissingError, InvalidValueError, and
    NotFoundError for a server that does not serve or a tool that they may not call.
    """
    user_id = _consenting(actor, scopes)
    with tenant_scope(tenant):
        role = _calling_role(user_id)
        found = _serving(server.slug)
        terms = {
            "scopes": list(scopes),
            "tool_ids": _chosen(tool_ids, _callable_ids(found, user_id, role)),
            "client_id": application.client_id,
            "client_name": application.name,
            "consented_at": timezone.now(),
        }
        connection: Connection
        connection, is_new = Connection.objects.update_or_create(
            tenant_id=tenant.pk,
            server_id=found.pk,
            user_id=user_id,
            application_id=application.pk,
            redirect_host=redirect_host,
            revoked_at=None,
            defaults=terms,
        )
        if not is_new:
            _touch_tokens(connection)
        return connection


def connection_tools_set(
    *, tenant: Tenant, actor: Actor, connection_id: UUID, tool_ids: Sequence[UUID] | None
) -> Connection:
    """Choose other tools for a client of one's own. Raises NotFoundError, AlreadyEndedError, AbilityMissingError."""
    with tenant_scope(tenant):
        if connection_get(actor=actor, connection_id=connection_id).user_id != actor.user_id:
            raise AbilityMissingError("Only its own person chooses the tools.", ability=Ability.CALL_TOOLS.value)
        # First the membership, then the connection: everybody who locks both does it in this order.
        role = _calling_role(actor.user_id)
        connection = _locked(actor, connection_id)
        if connection.revoked_at is not None:
            raise AlreadyEndedError("This connection has ended.")
        # What was chosen before may stay, though its grant is gone meanwhile.
        kept = {UUID(tool) for tool in connection.tool_ids or ()}
        connection.tool_ids = _chosen(tool_ids, kept | _callable_ids(connection.server, connection.user_id, role))
        connection.save(update_fields=["tool_ids", "updated_at"])
        _touch_tokens(connection)
        return connection


def connection_revoke(*, tenant: Tenant, actor: Actor, connection_id: UUID) -> Connection:
    """End a connection now, everywhere, within seconds: one's own, or anybody's for owner and admin.

    Ending it again changes nothing. Raises NotFoundError.
    """
    with tenant_scope(tenant):
        connection = _locked(actor, connection_id)
        connections_end(Connection.objects.filter(pk=connection.pk), now=timezone.now())
        connection.refresh_from_db(fields=["revoked_at", "updated_at"])
        return connection


def _consenting(actor: Actor, scopes: Sequence[str]) -> UUID:
    actor.require(Ability.CALL_TOOLS)
    if actor.user_id is None or actor.scopes is not None:
        raise AbilityMissingError("Only a person, signed in, lets a client in.", ability=Ability.CALL_TOOLS.value)
    if not set(scopes) & set(MCP_SCOPES):
        raise InvalidValueError("Without mcp:read or mcp:call a client can do nothing.", field="scopes")
    return actor.user_id


def _calling_role(user_id: UUID) -> str:
    """The member's role as it is now, which stays so until the scope ends."""
    role: str = member_locked(user_id=user_id).role
    Actor(role=role).require(Ability.CALL_TOOLS)
    return role


def _serving(slug: str) -> Server:
    server = server_get(slug=slug)
    if server.status != ServerStatus.ACTIVE:
        raise NotFoundError("There is no such server.")
    return server


def _locked(actor: Actor, connection_id: UUID) -> Connection:
    connection_get(actor=actor, connection_id=connection_id)
    connection = connection_locked(connection_id=connection_id)
    if connection is None:
        raise NotFoundError("There is no such connection.")
    return connection


def _callable_ids(server: Server, user_id: UUID, role: str) -> set[UUID]:
    return {tool.id for tool in callable_tools(server=server, user_id=user_id, role=role)}


def _chosen(tool_ids: Sequence[UUID] | None, known: set[UUID]) -> list[str] | None:
    """The ids as they are stored."""
    if tool_ids is None:
        return None
    if not tool_ids:
        raise InvalidValueError("Choose at least one tool, or all of them.", field="tools")
    if not set(tool_ids) <= known:
        raise NotFoundError("There is no such tool among those that you may call.")
    return sorted({str(tool) for tool in tool_ids})


def _touch_tokens(connection: Connection) -> None:
    tokens = AccessToken.objects.filter(connection_id=connection.pk)
    credentials_changed(api_keys=ApiKey.objects.none(), access_tokens=tokens)
