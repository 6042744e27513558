"""Which tools of a server a person may call, in the scope of their tenant.

The same weighing as in the runtime's `decide`, for pages and services: no call is decided here.
"""

from dataclasses import dataclass
from uuid import UUID

from mcp_runtime.contract.tools import ToolDefinition
from tenants.catalogue import tool_catalogue
from tenants.models import Grant, Server, ServerTool
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.tool_kinds import tool_definition


@dataclass(frozen=True, slots=True)
class CallableTool:
    """A tool as a person chooses it."""

    id: UUID
    name: str
    title: str
    description: str
    is_read_only: bool


def callable_tools(*, server: Server, user_id: UUID, role: str) -> list[CallableTool]:
    """The enabled tools that the grants let this member call, by name. Default deny, and deny wins over allow."""
    grants = [grant for grant in Grant.objects.filter(server_id=server.pk) if _is_about(grant, user_id, role)]
    catalogue = tool_catalogue()
    rows = ServerTool.objects.filter(server_id=server.pk, is_enabled=True).order_by("name")
    rows = rows.select_related("upstream_definition__upstream")
    pairs = ((row, tool_definition(row, catalogue)) for row in rows)
    tools = (_shown(row, definition) for row, definition in pairs if definition is not None)
    return [tool for tool in tools if _is_granted(grants, tool)]


def _shown(row: ServerTool, definition: ToolDefinition) -> CallableTool:
    return CallableTool(
        id=row.pk,
        name=row.name,
        title=row.title or definition.title or "",
        description=row.description or definition.description,
        is_read_only=definition.annotations.is_read_only,
    )


def _is_about(grant: Grant, user_id: UUID, role: str) -> bool:
    subject = {SubjectKind.ROLE: role, SubjectKind.MEMBER: str(user_id)}.get(SubjectKind(grant.subject_kind))
    return subject == grant.subject


def _is_granted(grants: list[Grant], tool: CallableTool) -> bool:
    effects = {grant.effect for grant in grants if _reaches(grant, tool)}
    return effects == {Effect.ALLOW.value}


def _reaches(grant: Grant, tool: CallableTool) -> bool:
    if grant.target_kind == TargetKind.TOOL:
        return grant.target == str(tool.id)
    return grant.target_kind == TargetKind.SERVER or (
        grant.target_kind == TargetKind.ANNOTATION and grant.target == "read_only" and tool.is_read_only
    )
