"""Who gets a task for a call: clients of 2026-07-28 that declare the tasks extension on their request, and clients of
2025-11-25 that ask for one with `params.task`.

Only a call of a tool that runs in the background becomes a task: a task is a job, seen from a client.
"""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.loaded import LoadedServer, LoadedTool
from mcp_runtime.protocol.versions import WITH_TASKS
from mcp_runtime.refusals import Refused, refuse

EXTENSION: Final = "io.modelcontextprotocol/tasks"
CLIENT_CAPABILITIES_META: Final = "io.modelcontextprotocol/clientCapabilities"
LEGACY_CAPABILITY: Final[dict[str, Any]] = {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}


def offered_extensions(loaded: LoadedServer) -> dict[str, Any]:
    """What a server adds to its capabilities in 2026-07-28 where it has tools that run in the background."""
    return {"extensions": {EXTENSION: {}}} if loaded.has_jobs else {}


def offered_tasks(loaded: LoadedServer, version: str) -> dict[str, Any]:
    """The same for a session."""
    return {"tasks": LEGACY_CAPABILITY} if loaded.has_jobs and version in WITH_TASKS else {}


def described_execution(tool: LoadedTool) -> dict[str, Any] | None:
    """`execution` of a tool in the list of 2025-11-25; None where it never becomes a task, as most don't."""
    if not tool.is_background:
        return None
    return {"taskSupport": "required" if tool.spec.task_required else "optional"}


def declares_tasks(call: Call) -> bool:
    """Whether this very request says that its client knows tasks; what others said before means nothing."""
    capabilities = call.meta.get(CLIENT_CAPABILITIES_META)
    extensions = capabilities.get("extensions") if isinstance(capabilities, dict) else None
    return isinstance(extensions, dict) and isinstance(extensions.get(EXTENSION), dict)


def wants_task(call: Call) -> bool:
    """Whether a call of a background tool is answered with a task."""
    if call.legacy:
        return call.version in WITH_TASKS and call.params.task is not UNSET
    return declares_tasks(call)


def check_task(call: Call, tool: LoadedTool) -> None:
    """Raises Refused where a task is asked for that there can't be, or none where there must be one."""
    if wants_task(call):
        if call.legacy and call.caller.loaded.has_jobs:
            _check_asked(call, tool)
    elif tool.is_background and tool.spec.task_required:
        if not call.legacy:
            raise missing_extension(f"{tool.spec.name} runs only as a task.")
        raise refuse(
            "task_required",
            f"{tool.spec.name} runs only as a task: call it with params.task, or in 2026-07-28 with the extension "
            f"{EXTENSION} declared.",
        )


def _check_asked(call: Call, tool: LoadedTool) -> None:
    if not tool.is_background:
        text = f"{tool.spec.name} does not run as a task: call it without params.task."
        raise refuse("method_not_found", text, method=call.method)
    asked = call.params.task
    ttl = asked.get("ttl", 0) if isinstance(asked, dict) else None
    if isinstance(ttl, bool) or not isinstance(ttl, int | float):
        raise refuse("invalid_params", "params.task must be an object; its ttl, if any, a number of milliseconds.")


def missing_extension(what: str) -> Refused:
    """The refusal of a request that can't be answered without the extension, which its client did not declare."""
    return refuse(
        "missing_capability",
        f"{what} Declare the extension {EXTENSION} in the client capabilities of the request.",
        requiredCapabilities={"extensions": {EXTENSION: {}}},
    )
