"""server/discover (modern) and ping (legacy). `initialize` belongs to the session and lives in wire/legacy."""

from typing import Any, Final

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode, server_info
from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.calls.task_support import offered_extensions
from mcp_runtime.protocol.versions import SUPPORTED

DISCOVER_TTL_MS: Final = 60_000

CAPABILITIES: Final[dict[str, Any]] = {"tools": {"listChanged": True}, "logging": {}}
"""What every server offers, in both eras."""

RESOURCES: Final[dict[str, Any]] = {"subscribe": True, "listChanged": True}
PROMPTS: Final[dict[str, Any]] = {"listChanged": True}


def capabilities(loaded: LoadedServer) -> dict[str, Any]:
    """What this server offers, each where it has any. Its jobs are resources, where it has tools that run in the
    background."""
    offered = loaded.offered
    has = {
        "resources": (offered.has_resources or loaded.has_jobs, RESOURCES),
        "prompts": (bool(offered.prompts), PROMPTS),
        "completions": (offered.has_completions, {}),
    }
    return {**CAPABILITIES, **{name: value for name, (there, value) in has.items() if there}}


async def discover(call: Call) -> Answer:
    """What this server speaks and offers (MCP 2026-07-28 server/discover)."""
    await call.runtime.gate.admit(call.caller.requests)
    note_arrival(call)
    encoded = call.caller.loaded.encoded
    found = encoded.get("discover")
    if found is None:
        result: dict[str, Any] = {
            "resultType": "complete",
            "supportedVersions": list(SUPPORTED),
            "capabilities": {**capabilities(call.caller.loaded), **offered_extensions(call.caller.loaded)},
            "ttlMs": DISCOVER_TTL_MS,
            "cacheScope": "private",
        }
        if call.caller.loaded.snapshot.instructions:
            result["instructions"] = call.caller.loaded.snapshot.instructions
        found = encoded["discover"] = b'%b,"_meta":%b}' % (encode(result)[:-1], server_info(call))
    return found


async def ping(call: Call) -> Answer:
    """Answer at once with an empty result (MCP 2025-11-25 basic/utilities/ping)."""
    await call.runtime.gate.admit(call.caller.requests)
    return b"{}"


MODERN = {"server/discover": discover}
LEGACY = {"ping": ping}
