"""tools/list and tools/call (MCP server/tools)."""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode, server_info
from mcp_runtime.calls.invocation import invoke
from mcp_runtime.calls.job_schemas import with_reference
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.task_support import described_execution
from mcp_runtime.protocol.versions import WITH_TASKS
from mcp_runtime.refusals import refuse

LIST_TTL_MS: Final = 5_000
"""How long a client may take a list for fresh: as long as a changed permission may take to reach every replica."""


async def list_tools(call: Call) -> Answer:
    """Exactly the tools that this credential can call, in the order of the snapshot; encoded once per permissions."""
    await call.runtime.gate.admit(call.caller.requests)
    if call.params.cursor not in (UNSET, None):
        raise refuse("invalid_cursor", "This list has one page: ask without a cursor.")
    note_arrival(call)
    access = call.caller.access
    shows_tasks = call.version in WITH_TASKS
    form = "tasks" if shows_tasks else "legacy" if call.legacy else "modern"
    encoded = access.lists.get(form)
    if encoded is None:
        tools = [_describe(tool, shows_tasks=shows_tasks) for tool in access.tools.values()]
        encoded = access.lists[form] = _legacy_list(tools) if call.legacy else _modern_list(tools, server_info(call))
    return encoded


def _legacy_list(tools: list[dict[str, Any]]) -> bytes:
    return encode({"tools": tools})


def _modern_list(tools: list[dict[str, Any]], meta: bytes) -> bytes:
    # Private: the list is made for this credential's permissions (server/utilities/caching, Choosing a Cache Scope).
    fields = encode({"resultType": "complete", "tools": tools, "ttlMs": LIST_TTL_MS, "cacheScope": "private"})
    return b'%b,"_meta":%b}' % (fields[:-1], meta)


def _describe(tool: LoadedTool, *, shows_tasks: bool) -> dict[str, Any]:
    spec = tool.spec
    output = spec.output_schema
    if output is not None and tool.is_background:
        output = with_reference(output)
    described: dict[str, Any] = {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "inputSchema": spec.input_schema,
        "outputSchema": output,
        "annotations": spec.annotations,
        "execution": described_execution(tool) if shows_tasks else None,
    }
    return {name: value for name, value in described.items() if value is not None}


MODERN = {"tools/list": list_tools, "tools/call": invoke}
LEGACY = MODERN
