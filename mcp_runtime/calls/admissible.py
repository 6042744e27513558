"""Whether a call may be what it is: of a tool that its caller has, with arguments that the tool takes."""

from typing import Any

from mcp_runtime.calls import failures
from mcp_runtime.calls.arguments import UnusableSchemaError
from mcp_runtime.calls.authorization import Denied, decide
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.refusals import Refused, refuse


def denial(call: Call) -> tuple[str, Refused]:
    """Why the caller does not have the tool, for the audit, which the tenant's own people read, and for the client: to
    that, unknown and not granted look alike, except where a wider scope would help, for which it can ask."""
    caller, name = call.caller, str(call.params.name)
    tool = caller.loaded.tools.get(name)
    if tool is None:
        return "", failures.unknown_tool(name)
    decision = decide(caller.loaded.snapshot, caller.record, tool.spec)
    if isinstance(decision, Denied) and decision.reason == "insufficient_scope":
        return "", failures.insufficient_scope(decision.scope, name)
    return decision.reason if isinstance(decision, Denied) else "", failures.unknown_tool(name)


def find_invalid(call: Call, tool: LoadedTool, arguments: dict[str, Any]) -> ToolResult | None:
    """The result that tells the model what is wrong with the arguments; None when nothing is. Raises Refused."""
    failures.check_mirrored(tool, arguments, call)
    try:
        validator = tool.input
    except UnusableSchemaError as error:
        raise refuse("internal_error", f"The input schema of {tool.spec.name} can't be used: {error}.") from error
    if validator.accepts(arguments):
        return None
    return failures.invalid_arguments(tool.spec.name, validator.explain(arguments), call.version)
