"""What became of a tool's run: what it answered, or what is answered in its place."""

from msgspec import Struct

from mcp_runtime.boundary import Crash
from mcp_runtime.calls import failures
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult, audit_reason


class Judged(Struct, frozen=True):
    """The result that is answered, and what the audit says of it. Outcome and reason are `AuditEvent`'s."""

    result: ToolResult
    outcome: str = "ok"
    reason: str = ""


def judge(tool: LoadedTool, result: ToolResult | Crash) -> Judged:
    """Judge what a tool returned, or that it crashed."""
    name = tool.spec.name
    if isinstance(result, Crash):
        return Judged(failures.crashed(name, result.incident), "crashed", result.incident)
    if result.is_error:
        return Judged(result, "tool_error", audit_reason(result))
    if tool.output_fits(result.structured):
        return Judged(result)
    return Judged(failures.output_does_not_fit(name), "crashed", "output_schema")
