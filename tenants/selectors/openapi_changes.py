"""What another reading of a document changes: other text of it, another base URL, other secrets."""

from dataclasses import dataclass, field

from mcp_runtime.contract.http_tools import HttpToolDefinition
from tenants.models import OpenApiSource, ServerTool
from tenants.openapi.comparison import differences, renewed
from tenants.openapi.errors import OperationRefused
from tenants.openapi.operations import OpenApiImport, Outline
from tenants.selectors.openapi_sources import openapi_tools
from tenants.tool_kinds import http_definition


@dataclass(frozen=True, slots=True)
class ToolChange:
    """A tool whose operation says something else now. `parts` are those of `tenants.openapi.comparison.PARTS`;
    `is_edited`: somebody has changed the tool by hand, and that is overwritten where the document says otherwise."""

    tool: ServerTool
    before: HttpToolDefinition
    after: HttpToolDefinition
    parts: tuple[str, ...]
    is_edited: bool


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """`gone` are tools whose operation the document has no more, `refused` those whose operation can't be read any
    more, each with why: both go on as they are. `added` are operations that it did not have before."""

    changed: list[ToolChange] = field(default_factory=list)
    gone: list[ServerTool] = field(default_factory=list)
    refused: list[tuple[ServerTool, str]] = field(default_factory=list)
    added: list[Outline] = field(default_factory=list)
    same: int = 0

    @property
    def of_tools(self) -> int:
        """How many tools are concerned."""
        return len(self.changed) + len(self.gone) + len(self.refused)


def source_changes(*, source: OpenApiSource, before: OpenApiImport, after: OpenApiImport) -> SourceChanges:
    """What follows for the tools of a document from reading it as `after` instead of `before`. One query."""
    known, had = {each.key for each in after.outlines()}, {each.key for each in before.outlines()}
    found = SourceChanges(added=[each for each in after.outlines() if each.key not in had])
    same = 0
    for tool in openapi_tools(source=source):
        if tool.operation not in known:
            found.gone.append(tool)
            continue
        try:
            change = _change(tool, before, after)
        except OperationRefused as refusal:
            found.refused.append((tool, str(refusal)))
            continue
        if change is None:
            same += 1
        else:
            found.changed.append(change)
    return SourceChanges(found.changed, found.gone, found.refused, found.added, same)


def tool_change(*, tool: ServerTool, before: OpenApiImport, after: OpenApiImport) -> ToolChange | None:
    """What changes of one tool; None where nothing does, or where its operation can't be read any more."""
    try:
        return _change(tool, before, after)
    except (OperationRefused, KeyError):
        return None


def _change(tool: ServerTool, before: OpenApiImport, after: OpenApiImport) -> ToolChange | None:
    kept, said = http_definition(tool), after.tool(tool.operation).definition
    if kept is None:
        return None
    try:
        said_before = before.tool(tool.operation).definition
    except (OperationRefused, KeyError):
        said_before = kept
    parts = differences(kept, said)
    if not parts or not differences(said_before, said):
        return None
    return ToolChange(tool, kept, renewed(kept, said), parts, bool(differences(kept, said_before)))
