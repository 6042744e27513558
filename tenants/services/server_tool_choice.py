"""Putting several tools on a server at once."""

from collections import Counter
from collections.abc import Sequence

from mcp_runtime.contract.tools import ToolDefinition
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import offered_tool
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError
from tenants.models import Server, ServerTool, Tenant
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked


def server_tools_add(
    *, tenant: Tenant, actor: Actor, server: Server, tools: Sequence[tuple[str, str]]
) -> list[ServerTool]:
    """Put tools of the catalogue, each by its toolkit and its name there, on the server under their own names: all of
    them, or none. Owner and admin may call them at once.

    Raises InvalidValueError for none, NotFoundError where the catalogue lacks one, NameTakenError where a name is there
    already or twice among them, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    definitions = _definitions(tools)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        present = list(ServerTool.objects.filter(server_id=locked.pk).values_list("name", flat=True))
        _check_names(definitions, present)
        if len(present) + len(definitions) > plan.tools_per_server:
            room, most = max(plan.tools_per_server - len(present), 0), plan.tools_per_server
            raise LimitReachedError(
                f"The plan allows {most} tools per server, so there is room for {room} more here.",
                limit="tools_per_server",
                maximum=most,
            )
        rows: list[ServerTool] = ServerTool.objects.bulk_create(
            ServerTool(tenant=tenant, server=locked, toolkit=each.toolkit, tool=each.name, name=each.name)
            for each in definitions
        )
        server_changed(tenant=tenant, server=locked)
        return rows


def _definitions(tools: Sequence[tuple[str, str]]) -> list[ToolDefinition]:
    if not tools:
        raise InvalidValueError("Choose at least one tool.", field="tools")
    return [offered_tool(toolkit, tool) for toolkit, tool in dict.fromkeys(tools)]


def _check_names(definitions: list[ToolDefinition], present: list[str]) -> None:
    counted = Counter(definition.name for definition in definitions) + Counter(present)
    taken = sorted({definition.name for definition in definitions if counted[definition.name] > 1})
    if taken:
        raise NameTakenError(
            f"The server can have one tool of each name, and would have two of {', '.join(taken)}. "
            "Rename the one it has, or choose one of the two.",
            field="tools",
        )
