"""The operations of a document as a server sees them: which are tools already, and what each would become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcp_runtime.contract.names import RESERVED_TOOL_NAMES
from tenants.errors import NotFoundError
from tenants.models import OpenApiSource, Secret, Server, ServerTool
from tenants.openapi.errors import OperationRefused
from tenants.openapi.naming import free_name
from tenants.openapi.operations import ImportedTool, OpenApiImport, Outline
from tenants.selectors.openapi_sources import tools_by_operation
from tenants.selectors.servers import server_tool_list


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is that of its tool, or what it would get. `made` is what it becomes; None where `problem` says why it
    can't be. `tool` is what was made of it already."""

    outline: Outline
    name: str
    made: ImportedTool | None
    problem: str = ""
    tool: ServerTool | None = None

    @property
    def is_open(self) -> bool:
        """True where it can be chosen."""
        return self.made is not None and self.tool is None


def operations_shown(
    *, server: Server, source: OpenApiSource, reading: OpenApiImport, outlines: Sequence[Outline]
) -> list[Operation]:
    """These operations, in their order. Two queries."""
    tools = tools_by_operation(source=source, keys=[each.key for each in outlines])
    taken = names_taken(server)
    return [_operation(reading, each, tools.get(each.key), taken) for each in outlines]


def operation_get(*, server: Server, source: OpenApiSource, reading: OpenApiImport, key: str) -> Operation:
    """One of them, the first where no key is given; raises NotFoundError for a key that the document does not have."""
    try:
        outline = reading.outline(key or next(iter(each.key for each in reading.outlines()), ""))
    except KeyError as error:
        raise NotFoundError("The document has no such operation.") from error
    [found] = operations_shown(server=server, source=source, reading=reading, outlines=[outline])
    return found


def names_taken(server: Server) -> set[str]:
    """What no further tool of the server may be called. One query."""
    return {*server_tool_list(server=server).values_list("name", flat=True), *RESERVED_TOOL_NAMES}


def secrets_missing(names: Iterable[str]) -> list[str]:
    """Those of these names that no secret has, sorted. One query."""
    wanted = set(names)
    return sorted(wanted - set(Secret.objects.filter(name__in=wanted).values_list("name", flat=True)))


def _operation(reading: OpenApiImport, outline: Outline, tool: ServerTool | None, taken: set[str]) -> Operation:
    name = tool.name if tool is not None else free_name(outline.name, outline.key, taken)
    try:
        return Operation(outline, name, reading.tool(outline.key), tool=tool)
    except OperationRefused as refusal:
        return Operation(outline, name, None, str(refusal), tool)
