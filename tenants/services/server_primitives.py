"""Resources, templates and prompts of a server: one is added, changed, removed."""

from typing import Any

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NameTakenError, NotFoundError
from tenants.models import Server, ServerPrimitive, Tenant
from tenants.models.server_primitive import PrimitiveKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import WORDS
from tenants.selectors.servers import server_locked
from tenants.services.server_primitive_choice import Choice, primitive_name, server_primitives_add


def server_primitive_add(
    *, tenant: Tenant, actor: Actor, server: Server, kind: str, toolkit: str, source: str, name: str | None = None
) -> ServerPrimitive:
    """Put a resource, template or prompt of the catalogue on the server, under its own name or another. Whoever may
    connect to the server sees it.

    Raises NotFoundError where the catalogue has none, NameTakenError where the server has its name or URI already,
    LimitReachedError.
    """
    chosen = Choice(PrimitiveKind(kind), toolkit, source, name)
    [row] = server_primitives_add(tenant=tenant, actor=actor, server=server, choices=[chosen])
    return row


def server_primitive_update(
    *, tenant: Tenant, actor: Actor, server: Server, primitive: ServerPrimitive, **changes: Any
) -> ServerPrimitive:
    """Change name, title, description or is_enabled, where given.

    An empty title or description takes the override away. Raises InvalidValueError, NameTakenError, and TypeError for
    a field that is not one of these.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = _primitive_of(locked, primitive)
        for field, value in changes.items():
            setattr(row, field, _column(row, field, value))
        _check_name(row)
        row.save()
        server_changed(tenant=tenant, server=locked)
        return row


def server_primitive_remove(*, tenant: Tenant, actor: Actor, server: Server, primitive: ServerPrimitive) -> None:
    """Take it from the server, with what was said of it."""
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        _primitive_of(locked, primitive).delete()
        server_changed(tenant=tenant, server=locked)


def _primitive_of(server: Server, primitive: ServerPrimitive) -> ServerPrimitive:
    row: ServerPrimitive | None = ServerPrimitive.objects.filter(server_id=server.pk, pk=primitive.pk).first()
    if row is None:
        raise NotFoundError(f"There is no such {WORDS[PrimitiveKind(primitive.kind)]}.")
    return row


def _check_name(row: ServerPrimitive) -> None:
    """The server is locked, so nobody else takes the name meanwhile."""
    others = ServerPrimitive.objects.filter(server_id=row.server_id, kind=row.kind, name=row.name).exclude(pk=row.pk)
    if others.exists():
        words = WORDS[PrimitiveKind(row.kind)]
        raise NameTakenError(f"Another {words} of this server has this name.", field="name")


def _column(row: ServerPrimitive, field: str, value: Any) -> Any:
    if field == "name":
        return primitive_name(row.kind, value)
    if field == "title":
        return validation.name(value, field="title") if value else ""
    if field == "description":
        return validation.prose(value, field="description")
    if field == "is_enabled":
        return bool(value)
    raise TypeError(f"a {row.kind} has no {field} to change")
