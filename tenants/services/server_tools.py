"""Tools of a server."""

from typing import Any, Final

from django.db import IntegrityError, transaction

from mcp_runtime.contract.keeping import why_never_kept
from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.tools import ToolAnnotations
from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import offered_tool, tool_catalogue
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Grant, Server, ServerTool, Tenant
from tenants.models.grant import SubjectKind, TargetKind
from tenants.models.server_tool import ToolKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.secret_uses import secret_uses_dropped, secret_uses_relabelled
from tenants.services.upstream_items import name_refused_where_shadowing
from tenants.tool_kinds import tool_definition, tool_request

USE_KIND: Final = "tool"
"""As what tools stand among those that refer to secrets (`SecretUse.kind`)."""

LONGEST_CACHE_SECONDS: Final = 86_400.0

MODES: Final = ("", "inline", "background")
"""Where a tool may run: as its author said, in the runtime, or as a job on a worker."""


def server_tool_add(
    *, tenant: Tenant, actor: Actor, server: Server, toolkit: str, tool: str, name: str | None = None
) -> ServerTool:
    """Put a tool of the catalogue on the server, under its own name or another. Owner and admin may call it at once.

    Raises NotFoundError where the catalogue has no such tool, NameTakenError, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    definition = offered_tool(toolkit, tool)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        check_room(locked, plan.tools_per_server)
        row = ServerTool(tenant=tenant, server=locked, toolkit=toolkit, tool=tool, name=name or definition.name)
        row.name = validation.tool_name(row.name)
        tool_saved(row, force_insert=True)
        server_changed(tenant=tenant, server=locked)
        return row


def server_tool_update(*, tenant: Tenant, actor: Actor, server: Server, tool: ServerTool, **changes: Any) -> ServerTool:
    """Change name, title, description, mode, is_enabled, rate, concurrency, timeout_seconds, cache_seconds or
    cache_public, where given.

    An empty title, description or mode, and None for the others, take the override away. Raises InvalidValueError,
    NameTakenError, and TypeError for a field that is not one of these.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = tool_of(locked, tool)
        for field, value in _columns(row, changes).items():
            setattr(row, field, value)
        if row.kind == ToolKind.UPSTREAM and "name" in changes:
            name_refused_where_shadowing(locked, row.name, but=row.pk)
        tool_saved(row)
        if "name" in changes:
            secret_uses_relabelled(kind=USE_KIND, labels={row.pk: secret_use_label(locked, row.name)})
        server_changed(tenant=tenant, server=locked)
        return row


def server_tool_remove(*, tenant: Tenant, actor: Actor, server: Server, tool: ServerTool) -> None:
    """Take a tool from the server, with the grants of people to it.

    What keys and clients were given of it stays: without it, one that was given this tool alone would seem to have been
    given no choice, and get whatever its person may.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = tool_of(locked, tool)
        grants = Grant.objects.filter(server_id=locked.pk, target_kind=TargetKind.TOOL, target=str(row.pk))
        grants.filter(subject_kind__in=(SubjectKind.ROLE, SubjectKind.MEMBER)).delete()
        secret_uses_dropped(kind=USE_KIND, object_ids=[row.pk])
        row.delete()
        server_changed(tenant=tenant, server=locked)


def secret_use_label(server: Server, name: str) -> str:
    """What people call a tool of a server where it stands among those that refer to a secret."""
    return f"{server.slug}/{name}"


def check_room(server: Server, most: int, *, more: int = 1) -> None:
    """Whether the plan, with `most` tools for a server, allows so many more here, of whatever kind. In the tenant's
    scope, of a server that is locked. Raises LimitReachedError."""
    room = max(most - ServerTool.objects.filter(server_id=server.pk).count(), 0)
    if more > room:
        words = f"The plan allows {most} tools per server, so there is room for {room} more here."
        raise LimitReachedError(words, limit="tools_per_server", maximum=most)


def tool_of(server: Server, tool: ServerTool) -> ServerTool:
    """The tool as it is now, if it is this server's. In the tenant's scope. Raises NotFoundError."""
    row: ServerTool | None = ServerTool.objects.filter(server_id=server.pk, pk=tool.pk).first()
    if row is None:
        raise NotFoundError("There is no such tool.")
    return row


def tool_saved(row: ServerTool, *, force_insert: bool = False) -> None:
    """Save a tool of a server that is locked. Raises NameTakenError."""
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError as error:
        raise NameTakenError("Another tool of this server has this name.", field="name") from error


def _columns(row: ServerTool, changes: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field, value in changes.items():
        if field == "rate":
            columns |= _rate_columns(value)
        else:
            columns[field] = _column(row, field, value)
    return columns


def _rate_columns(value: Rate | None) -> dict[str, Any]:
    per_second, burst = validation.rate(value)
    return {"rate_per_second": per_second, "rate_burst": burst}


def _column(row: ServerTool, field: str, value: Any) -> Any:
    if field == "name":
        return validation.tool_name(value)
    if field == "title":
        return validation.name(value, field="title") if value else ""
    if field == "description":
        return validation.prose(value, field="description")
    if field == "mode":
        return _mode(row, value)
    if field in ("is_enabled", "cache_public"):
        return bool(value)
    if field in ("concurrency", "timeout_seconds"):
        return _ceiling(row, field, value)
    if field == "cache_seconds":
        return _cache_seconds(row, value)
    raise TypeError(f"a tool has no {field} to change")


def _mode(row: ServerTool, value: str) -> str:
    if value == "background" and row.kind == ToolKind.FAN_OUT:
        raise InvalidValueError("A tool that asks others runs while the client waits.", field="mode")
    if value not in MODES:
        raise InvalidValueError("Use inline, background, or nothing: as its author said.", field="mode")
    return value


def _ceiling(row: ServerTool, field: str, value: float | None) -> float | None:
    """A tenant may lower what the tool's author says, not raise it."""
    definition = tool_definition(row, tool_catalogue())
    most = None if definition is None else getattr(definition, field)
    if value is not None and (value <= 0 or (most is not None and value > most)):
        raise InvalidValueError(f"Use more than 0, and at most {most}.", field=field)
    return value


def _cache_seconds(row: ServerTool, value: float | None) -> float | None:
    """An answer given twice would be an effect left out: only what a tool reads may be kept."""
    if value is None:
        return None
    if not 0 < value <= LONGEST_CACHE_SECONDS:
        words = f"Use more than 0, and at most {LONGEST_CACHE_SECONDS:,.0f}."
        raise InvalidValueError(words, field="cache_seconds")
    definition = tool_definition(row, tool_catalogue())
    annotations = ToolAnnotations() if definition is None else definition.annotations
    config = {} if definition is None else tool_request(row)
    if words := why_never_kept(row.kind, annotations, config):
        raise InvalidValueError(words, field="cache_seconds")
    return value
