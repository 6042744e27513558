"""What a new server starts with."""

from collections.abc import Sequence
from typing import Final

from mcp_runtime.contract.tools import ToolDefinition
from tenants.abilities import Role
from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, LimitReachedError
from tenants.models import Grant, Server, ServerTool
from tenants.models.grant import SubjectKind, TargetKind

EVERYTHING_GOES_TO: Final = (Role.OWNER, Role.ADMIN)
TEMPLATE_GOES_TO: Final = (Role.DEVELOPER, Role.CALLER)


def grant_to_owner_and_admin(server: Server) -> None:
    """Owners and admins may use whatever the server has, now and later."""
    Grant.objects.bulk_create(_grant(server, role, TargetKind.SERVER, "") for role in EVERYTHING_GOES_TO)


def template_install(*, server: Server, toolkits: Sequence[str], most: int) -> int:
    """Add every tool of the toolkits that is not there by its name; returns how many.

    They go to developers and callers too, tool by tool, so that a tool which is added later goes to nobody by itself.
    Raises InvalidValueError on an unknown toolkit or a clash of names, LimitReachedError.
    """
    present = set(ServerTool.objects.filter(server_id=server.pk).values_list("name", flat=True))
    definitions = [definition for definition in _definitions(toolkits) if definition.name not in present]
    if len(present) + len(definitions) > most:
        raise LimitReachedError("The plan allows no more tools per server.", limit="tools_per_server", maximum=most)
    tools = [
        ServerTool(
            tenant_id=server.tenant_id,
            server=server,
            toolkit=definition.toolkit,
            tool=definition.name,
            name=definition.name,
        )
        for definition in definitions
    ]
    ServerTool.objects.bulk_create(tools)
    Grant.objects.bulk_create(
        _grant(server, role, TargetKind.TOOL, str(tool.pk)) for tool in tools for role in TEMPLATE_GOES_TO
    )
    return len(tools)


def _definitions(toolkits: Sequence[str]) -> list[ToolDefinition]:
    wanted = list(dict.fromkeys(toolkits))
    found = [definition for definition in tool_catalogue().definitions() if definition.toolkit in wanted]
    missing = set(wanted) - {toolkit.name for toolkit in tool_catalogue().toolkits}
    if missing:
        raise InvalidValueError(f"There is no toolkit {', '.join(sorted(missing))}.", field="toolkits")
    if len({definition.name for definition in found}) < len(found):
        raise InvalidValueError("Two of these toolkits have a tool of the same name.", field="toolkits")
    return found


def _grant(server: Server, role: Role, target_kind: TargetKind, target: str) -> Grant:
    return Grant(
        tenant_id=server.tenant_id,
        server=server,
        subject_kind=SubjectKind.ROLE,
        subject=role.value,
        target_kind=target_kind,
        target=target,
    )
