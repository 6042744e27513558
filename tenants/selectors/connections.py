"""Connections: who has let which client in. In the scope of their tenant."""

from uuid import UUID

from django.db.models import QuerySet

from tenants.abilities import Ability, can
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Connection, Membership
from tenants.models.server import ServerStatus
from tenants.models.tenant import TenantStatus


def connection_list(*, actor: Actor) -> QuerySet[Connection]:
    """The connections that the actor may see, newest first, ended ones included: everybody's, or their own."""
    rows = Connection.objects.select_related("user", "server").order_by("-consented_at", "pk")
    if actor.servers is not None:
        rows = rows.filter(server_id__in=actor.servers)
    if actor.may(Ability.MANAGE_MEMBERS):
        return rows
    return rows.filter(user_id=actor.user_id) if actor.may(Ability.CALL_TOOLS) else rows.none()


def connection_get(*, actor: Actor, connection_id: UUID) -> Connection:
    """One of these; raises NotFoundError."""
    connection: Connection | None = connection_list(actor=actor).filter(pk=connection_id).first()
    if connection is None:
        raise NotFoundError("There is no such connection.")
    return connection


def connection_locked(*, connection_id: UUID) -> Connection | None:
    """A connection, locked until the scope ends, or None.

    Whatever gives out or ends its tokens locks it first, so that neither misses the other.
    """
    rows = Connection.objects.select_for_update(of=("self",)).select_related("user", "server__tenant")
    connection: Connection | None = rows.filter(pk=connection_id).first()
    return connection


def connection_is_live(*, connection: Connection) -> bool:
    """True where tokens may be given out for it now: not ended, its person a member who may call tools, its server and
    tenant serving. Asks with what `connection_locked` read."""
    if connection.revoked_at is not None or not connection.user.is_active:
        return False
    server = connection.server
    if server.status != ServerStatus.ACTIVE or server.tenant.status != TenantStatus.ACTIVE:
        return False
    roles = Membership.objects.filter(tenant_id=connection.tenant_id, user_id=connection.user_id)
    role = roles.values_list("role", flat=True).first()
    return role is not None and can(role, Ability.CALL_TOOLS)
