"""Tools of a server."""

from typing import Any, Final

from django.db import IntegrityError, transaction

from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.tools import ToolDefinition
from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import offered_tool, tool_catalogue
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Grant, Server, ServerTool, Tenant
from tenants.models.grant import SubjectKind, TargetKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked

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
        if ServerTool.objects.filter(server_id=locked.pk).count() >= plan.tools_per_server:
            most = plan.tools_per_server
            raise LimitReachedError("The plan allows no more tools here.", limit="tools_per_server", maximum=most)
        row = ServerTool(tenant=tenant, server=locked, toolkit=toolkit, tool=tool, name=name or definition.name)
        row.name = validation.tool_name(row.name)
        _save(row, force_insert=True)
        server_changed(tenant=tenant, server=locked)
        return row


def server_tool_update(*, tenant: Tenant, actor: Actor, server: Server, tool: ServerTool, **changes: Any) -> ServerTool:
    """Change name, title, description, mode, is_enabled, rate, concurrency or timeout_seconds, where given.

    An empty title, description or mode, and None for the others, take the override away. Raises InvalidValueError,
    NameTakenError, and TypeError for a field that is not one of these.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = _tool_of(locked, tool)
        for field, value in _columns(row, changes).items():
            setattr(row, field, value)
        _save(row)
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
        row = _tool_of(locked, tool)
        grants = Grant.objects.filter(server_id=locked.pk, target_kind=TargetKind.TOOL, target=str(row.pk))
        grants.filter(subject_kind__in=(SubjectKind.ROLE, SubjectKind.MEMBER)).delete()
        row.delete()
        server_changed(tenant=tenant, server=locked)


def _tool_of(server: Server, tool: ServerTool) -> ServerTool:
    row: ServerTool | None = ServerTool.objects.filter(server_id=server.pk, pk=tool.pk).first()
    if row is None:
        raise NotFoundError("There is no such tool.")
    return row


def _save(row: ServerTool, *, force_insert: bool = False) -> None:
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
        return _mode(value)
    if field == "is_enabled":
        return bool(value)
    if field in ("concurrency", "timeout_seconds"):
        return _ceiling(row, field, value)
    raise TypeError(f"a tool has no {field} to change")


def _mode(value: str) -> str:
    if value not in MODES:
        raise InvalidValueError("Use inline, background, or nothing: as its author said.", field="mode")
    return value


def _ceiling(row: ServerTool, field: str, value: float | None) -> float | None:
    """A tenant may lower what the tool's author says, not raise it."""
    definition: ToolDefinition | None = tool_catalogue().definition(row.toolkit, row.tool)
    most = None if definition is None else getattr(definition, field)
    if value is not None and (value <= 0 or (most is not None and value > most)):
        raise InvalidValueError(f"Use more than 0, and at most {most}.", field=field)
    return value
