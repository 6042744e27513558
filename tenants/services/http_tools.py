"""Tools of a server that are one REST call each, as their tenant writes them down."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import msgspec

from mcp_runtime.contract.http_tools import HttpToolDefinition
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import OpenApiSource, Server, ServerTool, Tenant
from tenants.models.server_tool import ToolKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.http_tool_checking import http_definition_checked, http_secret_names
from tenants.services.secret_uses import secret_uses_set
from tenants.services.server_tools import USE_KIND, check_room, secret_use_label, tool_of, tool_saved

BACKGROUND: Final = "background"


@dataclass(frozen=True, slots=True)
class NewHttpTool:
    """One of several that are made at once. `operation` names where in its OpenAPI document it came from."""

    definition: HttpToolDefinition
    background: bool = False
    operation: str = ""


def http_tool_create(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    definition: HttpToolDefinition,
    background: bool = False,
    openapi_source: OpenApiSource | None = None,
    operation: str = "",
) -> ServerTool:
    """Put an HTTP tool on the server. Owner and admin may call it at once. Raises as `http_tools_create` does."""
    new = NewHttpTool(definition, background, operation)
    [row] = http_tools_create(tenant=tenant, actor=actor, server=server, tools=[new], openapi_source=openapi_source)
    return row


def http_tools_create(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    tools: Sequence[NewHttpTool],
    openapi_source: OpenApiSource | None = None,
) -> list[ServerTool]:
    """Put several on the server: all of them, or none. Owner and admin may call them at once.

    Raises InvalidValueError with a path in the definition as its field, NameTakenError where a name is there already or
    twice among them, LimitReachedError, and AbilityMissingError for a key for some servers only that names a secret.
    """
    actor.require(Ability.MANAGE_SERVERS)
    checked = [http_definition_checked(tool.definition) for tool in tools]
    named = [_secret_names(actor, definition) for definition in checked]
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        _check_source(locked, openapi_source)
        _check_names(locked, [definition.name for definition in checked])
        check_room(locked, plan.tools_per_server, more=len(checked))
        rows = [_row(locked, tool, definition, openapi_source) for tool, definition in zip(tools, checked, strict=True)]
        ServerTool.objects.bulk_create(rows)
        for row, names in zip(rows, named, strict=True):
            _note_secrets(tenant, locked, row, names)
        server_changed(tenant=tenant, server=locked)
        return rows


def http_tool_update(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    tool: ServerTool,
    definition: HttpToolDefinition,
    background: bool | None = None,
    operation: str | None = None,
) -> ServerTool:
    """Write an HTTP tool anew, under the name in its definition; its id, grants and limits stay. Where it runs and
    where it came from change where they are given.

    Raises NotFoundError where the server has no such HTTP tool, and as `http_tools_create` does.
    """
    actor.require(Ability.MANAGE_SERVERS)
    checked = http_definition_checked(definition)
    names = _secret_names(actor, checked)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = tool_of(locked, tool)
        if row.kind != ToolKind.HTTP:
            raise NotFoundError("This is no HTTP tool.")
        row.name, row.definition = checked.name, _kept(checked)
        if background is not None:
            row.mode = BACKGROUND if background else ""
        if operation is not None:
            row.operation = operation
        tool_saved(row)
        _note_secrets(tenant, locked, row, names)
        server_changed(tenant=tenant, server=locked)
        return row


def _row(server: Server, tool: NewHttpTool, definition: HttpToolDefinition, source: OpenApiSource | None) -> ServerTool:
    return ServerTool(
        id=uuid4(),
        tenant_id=server.tenant_id,
        server=server,
        kind=ToolKind.HTTP,
        definition=_kept(definition),
        openapi_source=source,
        operation=tool.operation,
        name=definition.name,
        mode=BACKGROUND if tool.background else "",
    )


def _kept(definition: HttpToolDefinition) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(definition)
    return kept


def _secret_names(actor: Actor, definition: HttpToolDefinition) -> set[str]:
    """A secret goes wherever the tool sends it, so whoever names one must be allowed to manage them."""
    names = http_secret_names(definition)
    if names and actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not use secrets.", ability="servers")
    return names


def _note_secrets(tenant: Tenant, server: Server, row: ServerTool, names: set[str]) -> None:
    secret_uses_set(
        tenant=tenant,
        kind=USE_KIND,
        object_id=row.pk,
        label=secret_use_label(server, row.name),
        names=names,
        field="request.constants",
    )


def _check_source(server: Server, source: OpenApiSource | None) -> None:
    if source is not None and not OpenApiSource.objects.filter(pk=source.pk, server_id=server.pk).exists():
        raise NotFoundError("There is no such document.")


def _check_names(server: Server, names: Iterable[str]) -> None:
    counted = Counter(names)
    if not counted:
        raise InvalidValueError("Choose at least one tool.", field="tools")
    present = ServerTool.objects.filter(server_id=server.pk, name__in=counted).values_list("name", flat=True)
    taken = sorted({*present, *(name for name, number in counted.items() if number > 1)})
    if taken:
        words = f"A server has one tool of each name, and would have two of {', '.join(taken)}. Choose other names."
        raise NameTakenError(words, field="name")
