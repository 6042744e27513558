"""The modern era (2026-07-28): every request carries its version and capabilities, and headers that mirror the body."""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.notifications import LEVELS
from mcp_runtime.methods.registry import MODERN as MODERN_METHODS
from mcp_runtime.protocol import header_values
from mcp_runtime.protocol.jsonrpc import NO_PARAMS, Message
from mcp_runtime.protocol.versions import MODERN
from mcp_runtime.refusals import refuse
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.answering import answer, find
from mcp_runtime.wire.era import VERSION_HEADER, VERSION_META, not_acceptable, unsupported_version
from mcp_runtime.wire.exchange import Exchange

CAPABILITIES_META: Final = "io.modelcontextprotocol/clientCapabilities"
CLIENT_META: Final = "io.modelcontextprotocol/clientInfo"
LOG_LEVEL_META: Final = "io.modelcontextprotocol/logLevel"

NAMED_METHODS: Final = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}
"""Methods whose `Mcp-Name` header mirrors a parameter, and which one."""

_FIELDS: Final = {"taskId": "task_id"}


def check_envelope(headers: dict[bytes, bytes], message: Message) -> str:
    """The version of a request that carries what it must, in headers and body that agree; raises Refused otherwise.

    In the order that lets a client learn most: what is missing (-32602), what contradicts itself (-32020), then what
    is not spoken here (-32022).
    """
    meta = message.meta
    version, capabilities = meta.get(VERSION_META), meta.get(CAPABILITIES_META)
    if type(version) is not str or type(capabilities) is not dict:
        missing = VERSION_META if type(version) is not str else CAPABILITIES_META
        raise refuse("invalid_params", f"params._meta must carry {missing} on every request (2026-07-28 basic/index).")
    _check_mirrors(headers, message, version)
    if version not in MODERN:
        raise unsupported_version(version)
    return version


def _check_mirrors(headers: dict[bytes, bytes], message: Message, version: str) -> None:
    if not _mirrors(headers.get(VERSION_HEADER), version):
        raise refuse("header_mismatch", "The MCP-Protocol-Version header does not match params._meta of the body.")
    method = str(message.method)
    if not _mirrors(headers.get(b"mcp-method"), method):
        raise refuse("header_mismatch", "The Mcp-Method header is missing or does not match the body's method.")
    key = NAMED_METHODS.get(method)
    if key is None:
        return
    value = getattr(message.params, _FIELDS.get(key, key), UNSET)
    if value is UNSET:
        raise refuse("invalid_params", f"params.{key} is required for {method}.")
    header = headers.get(b"mcp-name")
    if header is None or not header_values.stands_for(header, value):
        raise refuse("header_mismatch", f"The Mcp-Name header is missing or does not match params.{key} of the body.")


def _mirrors(header: bytes | None, value: str) -> bool:
    return header is not None and header.strip(b" \t").decode("latin-1") == value


async def serve(runtime: Runtime, caller: Caller, exchange: Exchange, message: Message) -> None:
    """Serve one modern message; raises Refused."""
    if not message.is_request:
        _check_notification(exchange, message)
        await exchange.answer(202)
        return
    version = check_envelope(exchange.headers, message)
    method = find(MODERN_METHODS, str(message.method))
    streams = exchange.accepts(b"text/event-stream")
    if not streams and not exchange.accepts(b"application/json"):
        raise not_acceptable()
    meta = message.meta
    call = Call(
        runtime=runtime,
        caller=caller,
        method=str(message.method),
        params=message.params if message.params is not UNSET else NO_PARAMS,
        request_id=message.id if message.id is not UNSET else 0,
        legacy=False,
        version=version,
        streams=streams,
        meta=meta,
        client_info=meta.get(CLIENT_META),
        log_level=_log_level(meta),
        address=exchange.address,
        user_agent=exchange.headers.get(b"user-agent", b""),
        headers=exchange.headers,
    )
    await answer(exchange, call, method)


def _check_notification(exchange: Exchange, message: Message) -> None:
    """The core protocol has no client notifications over HTTP; a well-formed one is accepted and means nothing."""
    if message.method is UNSET:
        raise refuse("invalid_request", "A response can't be sent here: the modern era has no server requests.")
    version = exchange.headers.get(VERSION_HEADER)
    if version is not None and version.decode("latin-1") not in MODERN:
        raise unsupported_version(version.decode("latin-1"))


def _log_level(meta: dict[str, Any]) -> str | None:
    level = meta.get(LOG_LEVEL_META)
    if level is not None and level not in LEVELS:
        raise refuse("invalid_params", f"{LOG_LEVEL_META} must be one of {', '.join(LEVELS)}.")
    return level
