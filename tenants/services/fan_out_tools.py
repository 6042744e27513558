"""Tools of a server that ask several backends, as their tenant writes them down."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from mcp_runtime.contract.fan_out import PROMPT_SCHEMA, FanOutDefinition, KeptFanOut
from mcp_runtime.contract.tools import ToolDefinition
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import AbilityMissingError, InvalidValueError, NotFoundError
from tenants.models import Server, ServerTool, Tenant
from tenants.models.server_tool import ToolKind
from tenants.publishing.changes import server_changed
from tenants.publishing.snapshots import tool_mode
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.fan_out_checking import fan_out_checked, fan_out_secret_names, tool_ids
from tenants.services.secret_uses import secret_uses_set
from tenants.services.server_tools import USE_KIND, check_room, secret_use_label, tool_of, tool_saved
from tenants.tool_kinds import tool_definition


def fan_out_tool_create(*, tenant: Tenant, actor: Actor, server: Server, definition: FanOutDefinition) -> ServerTool:
    """Put a fan-out tool on the server. Owner and admin may call it at once. Of the tools that it asks, those are asked
    that its caller may call.

    Raises InvalidValueError with a path in the definition as its field, NameTakenError, LimitReachedError, and
    AbilityMissingError for a key for some servers only that names a secret.
    """
    actor.require(Ability.MANAGE_SERVERS)
    checked, names = fan_out_checked(definition), _secret_names(actor, definition)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        check_room(locked, plan.tools_per_server)
        row = ServerTool(id=uuid4(), tenant=tenant, server=locked, kind=ToolKind.FAN_OUT, name=checked.name)
        return _written(tenant, locked, row, checked, names, is_new=True)


def fan_out_tool_update(
    *, tenant: Tenant, actor: Actor, server: Server, tool: ServerTool, definition: FanOutDefinition
) -> ServerTool:
    """Write a fan-out tool anew, under the name in its definition; its id, grants and limits stay.

    Raises NotFoundError where the server has no such fan-out tool, and as `fan_out_tool_create` does.
    """
    actor.require(Ability.MANAGE_SERVERS)
    checked, names = fan_out_checked(definition), _secret_names(actor, definition)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = tool_of(locked, tool)
        if row.kind != ToolKind.FAN_OUT:
            raise NotFoundError("This is no fan-out tool.")
        row.name = checked.name
        return _written(tenant, locked, row, checked, names, is_new=False)


def _written(
    tenant: Tenant, server: Server, row: ServerTool, definition: FanOutDefinition, names: set[str], *, is_new: bool
) -> ServerTool:
    row.definition = msgspec.to_builtins(_kept(server, row, definition))
    if tool_ids(definition):
        row.cache_seconds = None
    tool_saved(row, force_insert=is_new)
    label = secret_use_label(server, row.name)
    secret_uses_set(tenant=tenant, kind=USE_KIND, object_id=row.pk, label=label, names=names, field="backends")
    server_changed(tenant=tenant, server=server)
    return row


def _secret_names(actor: Actor, definition: FanOutDefinition) -> set[str]:
    """A key goes to wherever the tool sends it, so whoever names one must be allowed to manage secrets."""
    names = fan_out_secret_names(definition)
    if names and actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not use secrets.", ability="servers")
    return names


def _kept(server: Server, row: ServerTool, definition: FanOutDefinition) -> KeptFanOut:
    ids = tool_ids(definition)
    if not ids:
        return KeptFanOut(definition=definition, input_schema=PROMPT_SCHEMA)
    present = _tools(server, ids)
    found = [_backend(present, tool_id, f"backends.{number}.tool") for number, tool_id in enumerate(ids)]
    reaches_out = any(each.annotations.open_world_hint is not False for each in found)
    return KeptFanOut(definition=definition, input_schema=found[0].input_schema, open_world=reaches_out)


def _tools(server: Server, ids: list[str]) -> dict[str, ServerTool]:
    wanted = [UUID(tool_id) for tool_id in ids if _is_uuid(tool_id)]
    rows = ServerTool.objects.filter(server_id=server.pk, pk__in=wanted)
    return {str(row.pk): row for row in rows.select_related("upstream_definition__upstream")}


def _backend(present: Mapping[str, ServerTool], tool_id: str, field: str) -> ToolDefinition:
    """What the tool of this id says of itself. Raises InvalidValueError where it can't be a backend."""
    row: Any = present.get(tool_id.lower())
    definition = None if row is None else tool_definition(row, tool_catalogue())
    if row is None or definition is None:
        raise InvalidValueError("The server has no tool of this id.", field=field)
    if row.kind == ToolKind.FAN_OUT:
        raise InvalidValueError(f"{row.name} asks others itself. Name those.", field=field)
    if not definition.annotations.is_read_only:
        words = f"{row.name} does not say that it only reads: asked several times, it might do something several times."
        raise InvalidValueError(words, field=field)
    if tool_mode(row, definition) == "background":
        raise InvalidValueError(f"{row.name} runs as a job, and nobody waits for that here.", field=field)
    return definition


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
