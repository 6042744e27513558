"""The first words with an upstream: in which era it speaks, and what it is.

2026-07-28 basic/versioning, Backward Compatibility: whoever does not answer `server/discover` as a server of that
revision is taken for one of the older.
"""

from typing import Any, Final

import msgspec
from msgspec import Raw, Struct, field

from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.protocol.versions import LEGACY, MODERN
from mcp_runtime.upstreams.channel import (
    EVENTS,
    JSON,
    SESSION_HEADER,
    AnsweredStatus,
    Channel,
    check_status,
    decode_message,
    encode,
    media_type,
    rpc_error,
)
from mcp_runtime.upstreams.connection import CLIENT, Agreed, Connection, modern_meta
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.errors import RpcError
from mcp_runtime.upstreams.readable import UNREADABLE
from mcp_runtime.upstreams.streamed_answer import StreamedAnswer
from mcp_runtime.upstreams.turn import SILENT

PROBE_SECONDS: Final = 10.0
"""Older servers may not answer at all to what they don't know."""
SERVER_META: Final = "io.modelcontextprotocol/serverInfo"
_FIRST: Final = 0


class _Discovered(Struct):
    supported: list[str] = field(name="supportedVersions", default_factory=list)
    capabilities: dict[str, Any] = field(default_factory=dict)
    instructions: str = ""
    meta: dict[str, Any] = field(name="_meta", default_factory=dict)


class _Initialized(Struct):
    version: str = field(name="protocolVersion")
    capabilities: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] = field(name="serverInfo", default_factory=dict)
    instructions: str = ""


async def connect(
    channel: Channel, credentials: Credentials, capabilities: dict[str, Any], *, era: str = "auto"
) -> Connection:
    """A connection. `capabilities` are what a session says that it can be asked. Raises UpstreamUnreachable,
    Unauthorized."""
    try:
        if era != "legacy":
            agreed = await _discover(channel, credentials, is_certain=era == "modern")
            if agreed is not None:
                return Connection(channel, agreed)
        return await _initialize(channel, credentials, capabilities)
    except RpcError as error:
        text = f"The upstream refused to begin: {error.message[:300]}"
        raise UpstreamUnreachable("protocol", text) from error


async def _discover(channel: Channel, credentials: Credentials, *, is_certain: bool) -> Agreed | None:
    """What a server of the modern era says of itself; None where this one seems to be older."""
    version = MODERN[0]
    headers = {"MCP-Protocol-Version": version, "Mcp-Method": "server/discover"}
    try:
        raw, _ = await _ask(channel, credentials, "server/discover", {"_meta": modern_meta(version, {})}, headers)
        found = msgspec.json.decode(raw, type=_Discovered)
    except (RpcError, AnsweredStatus, *UNREADABLE) as error:
        if is_certain or (isinstance(error, AnsweredStatus) and error.reason != "not_mcp"):
            raise
        return None
    except UpstreamUnreachable as error:
        if is_certain or error.reason not in ("timeout", "protocol"):
            raise
        return None
    if version not in found.supported:
        return None
    info = found.meta.get(SERVER_META)
    return Agreed(
        is_modern=True,
        version=version,
        capabilities=found.capabilities,
        instructions=found.instructions,
        server_info=info if isinstance(info, dict) else {},
    )


async def _initialize(channel: Channel, credentials: Credentials, capabilities: dict[str, Any]) -> Connection:
    params = {"protocolVersion": LEGACY[0], "capabilities": capabilities, "clientInfo": CLIENT}
    raw, session_id = await _ask(channel, credentials, "initialize", params, {})
    try:
        found = msgspec.json.decode(raw, type=_Initialized)
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream answers initialize with something else.") from error
    if found.version not in LEGACY:
        text = f"The upstream speaks the revision {found.version[:40]}, which is not spoken here."
        raise UpstreamUnreachable("protocol", text)
    agreed = Agreed(
        is_modern=False,
        version=found.version,
        session_id=session_id,
        capabilities=found.capabilities,
        server_info=found.info,
        instructions=found.instructions,
    )
    connection = Connection(channel, agreed)
    await connection.notify("notifications/initialized", {}, credentials)
    return connection


async def _ask(
    channel: Channel, credentials: Credentials, method: str, params: dict[str, Any], headers: dict[str, str]
) -> tuple[Raw, str]:
    """The result of a request outside of any session, and the session that it begins."""
    body = encode({"jsonrpc": "2.0", "id": _FIRST, "method": method, "params": params})
    async with channel.open(credentials, headers, body=body, idle=PROBE_SECONDS) as answer:
        await check_status(answer)
        session_id = answer.header(SESSION_HEADER) or ""
        if media_type(answer) == JSON:
            message = decode_message(await answer.read())
        elif media_type(answer) == EVENTS:
            found = await StreamedAnswer(_FIRST, SILENT, lambda *_: None, None).read(answer)
            if found is None:
                raise UpstreamUnreachable("protocol", "The upstream ended its answer before it was complete.")
            message = found
        else:
            raise UpstreamUnreachable("not_mcp", "What answers at this URL is no MCP server.")
    if isinstance(message.error, Raw):
        raise rpc_error(message.error)
    if not isinstance(message.result, Raw):
        raise UpstreamUnreachable("protocol", "The upstream sent a response with neither result nor error.")
    return message.result, session_id
