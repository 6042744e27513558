"""How a call fails, in words that a model can act on.

What the model can correct is a result with `isError`; the rest are protocol errors (MCP 2026-07-28 server/tools, Error
Handling).
"""

from typing import Any, Final

from mcp_runtime.calls.arguments import Invalid
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.protocol import header_values
from mcp_runtime.protocol.versions import ARGUMENT_ERRORS_ARE_PROTOCOL_ERRORS
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.toolkits.errors import ProtocolError

NAME_SHOWN: Final = 80


def unknown_tool(name: str) -> Refused:
    """One answer for a tool that does not exist and for one that is not granted: neither tells which."""
    return refuse(
        "unknown_tool",
        f"Unknown tool: {name[:NAME_SHOWN]!r}. It does not exist on this server, or you are not granted it. "
        "Call tools/list to see what you can call; an administrator of your organisation can grant more.",
        tool=name[:NAME_SHOWN],
    )


def insufficient_scope(scope: str, name: str) -> Refused:
    """The credential is granted the tool, but not for this scope: the client can ask for more (step-up)."""
    return refuse(
        "insufficient_scope",
        f"Calling {name[:NAME_SHOWN]!r} needs the scope {scope}. Authorize again with it.",
        scope=scope,
    )


def invalid_arguments(name: str, invalid: Invalid, version: str) -> ToolResult:
    """Arguments that the input schema does not accept; a protocol error where the revision says so (SEP-1303)."""
    problems = "; ".join(invalid.problems)
    text = f"Invalid arguments for {name}: {problems}. Correct them and call again; tools/list has the schema."
    if version in ARGUMENT_ERRORS_ARE_PROTOCOL_ERRORS:
        raise refuse("invalid_arguments", text, tool=name, problems=list(invalid.problems))
    return failed("invalid_arguments", text, problems=list(invalid.problems))


def check_mirrored(tool: LoadedTool, arguments: dict[str, Any], call: Call) -> None:
    """Raises Refused (header_mismatch) where an `Mcp-Param-*` header contradicts the arguments. Modern era only."""
    if tool.mirrored and not call.legacy:
        mismatch = header_values.find_mismatch(tool.mirrored, arguments, call.headers)
        if mismatch is not None:
            raise refuse("header_mismatch", mismatch)


def protocol_error(error: ProtocolError) -> Refused:
    """The tool's author has it that the call itself fails."""
    return refuse("toolkit_error", error.message, error=error.type)


def timed_out(name: str, seconds: float) -> ToolResult:
    """The tool ran into its time limit."""
    return failed(
        "timeout", f"{name} was stopped after {seconds:g} s, its time limit. Ask for less, or try again later.",
        seconds=seconds,
    )  # fmt: skip


def busy(name: str) -> ToolResult:
    """Too many calls of blocking tools wait for a thread."""
    return failed("busy", f"{name} can't run just now: too many calls are waiting. Try again in a few seconds.")


def crashed(name: str, incident: str) -> ToolResult:
    """The tool raised something of its own; nothing of it is shown, the incident leads to the log."""
    return failed(
        "crashed",
        f"{name} failed unexpectedly. Trying again may help; otherwise report incident {incident}.",
        incident=incident,
    )


def output_does_not_fit(name: str) -> ToolResult:
    """The tool returned what its own output schema does not allow."""
    return failed("invalid_output", f"{name} returned a result that its output schema does not allow. Report this.")


def too_large(name: str, size: int, limit: int) -> ToolResult:
    """The result exceeds the tenant's limit."""
    return failed(
        "result_too_large",
        f"The result of {name} has {size} bytes; {limit} are allowed. Ask for less at once.",
        bytes=size,
        limit=limit,
    )
