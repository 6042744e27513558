"""logging/setLevel (legacy; the modern era names the level on each request)."""

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.notifications import LEVELS
from mcp_runtime.refusals import refuse


async def set_level(call: Call) -> Answer:
    """Keep the least severe level that the session wants to hear (MCP 2025-11-25 server/utilities/logging)."""
    await call.runtime.gate.admit(call.caller.requests)
    level = call.params.level
    if level is UNSET or level not in LEVELS:
        raise refuse("invalid_params", f"params.level must be one of {', '.join(LEVELS)}.")
    if call.session is not None and call.owner is not None:
        await call.runtime.sessions.replace(call.owner, msgspec.structs.replace(call.session, log_level=level))
    return b"{}"


LEGACY = {"logging/setLevel": set_level}
