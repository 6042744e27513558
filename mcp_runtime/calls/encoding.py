"""A tool's result as the `result` of a JSON-RPC response, in either era."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from mcp_runtime.calls import failures
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.results import ResourceLink, TextContent, ToolResult
from mcp_runtime.protocol.versions import WITHOUT_RESOURCE_LINKS

SERVER_META: Final = "io.modelcontextprotocol/serverInfo"
encode = msgspec.json.Encoder().encode


class _ModernResult(Struct):
    content: list[Any]
    is_error: bool = field(name="isError")
    meta: Raw | dict[str, Any] = field(name="_meta")
    structured: Any | UnsetType = field(name="structuredContent", default=UNSET)
    result_type: str = field(name="resultType", default="complete")


class _ModernResponse(Struct):
    jsonrpc: str
    id: str | int
    result: _ModernResult


class _LegacyResult(Struct):
    content: list[Any]
    is_error: bool = field(name="isError")
    structured: Any | UnsetType = field(name="structuredContent", default=UNSET)
    meta: dict[str, Any] | UnsetType = field(name="_meta", default=UNSET)


def encode_result(call: Call, result: ToolResult) -> bytes:
    """Encode; a result beyond the tenant's limit becomes one that says so."""
    encoded = _encode(call, result)
    limit = call.caller.limits.result_bytes
    if len(encoded) > limit:
        return _encode(call, failures.too_large(str(call.params.name), len(encoded), limit))
    return encoded


def fits(call: Call, result: ToolResult) -> bool:
    """Whether a result is within the tenant's limit as it would be encoded."""
    return len(_encode(call, result)) <= call.caller.limits.result_bytes


def _encode(call: Call, result: ToolResult) -> bytes:
    if call.legacy:
        content: list[Any] = result.content
        if call.version in WITHOUT_RESOURCE_LINKS:
            content = [_without_link(block) for block in content]
        return encode(_LegacyResult(content, result.is_error, result.structured, result.meta or UNSET))
    return encode(_modern_result(result, server_info(call)))


def _without_link(block: Any) -> Any:
    if isinstance(block, Raw):  # as an upstream sent it
        block = msgspec.json.decode(block)
        is_link = block.get("type") == "resource_link"
        return TextContent(f"{block.get('name')}: {block.get('uri')}") if is_link else block
    return TextContent(f"{block.name}: {block.uri}") if isinstance(block, ResourceLink) else block


def encode_response(request_id: str | int, result: ToolResult, meta: bytes, limit: int, tool: str) -> bytes:
    """The whole modern response to a call; `meta` is what `server_info` gave, `limit` the result's largest size."""
    response = encode(_ModernResponse("2.0", request_id, _modern_result(result, meta)))
    if len(response) <= limit:
        return response
    encoded = encode(_modern_result(result, meta))
    if len(encoded) > limit:
        encoded = encode(_modern_result(failures.too_large(tool, len(encoded), limit), meta))
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (encode(request_id), encoded)


def _modern_result(result: ToolResult, server: bytes) -> _ModernResult:
    own = result.meta
    meta: Raw | dict[str, Any] = Raw(server) if not own else {**msgspec.json.decode(server), **own}
    return _ModernResult(result.content, result.is_error, meta, result.structured)


def encode_fields(call: Call, fields: dict[str, Any], ttl_ms: int | None = None) -> bytes:
    """Encode any other complete result. In the modern era it says so; `ttl_ms` is how long a client may take it for
    fresh, where results of the method can be kept (server/utilities/caching): by whoever asked, and nobody else."""
    if call.legacy:
        return encode(fields)
    complete = {"resultType": "complete", **fields}
    if ttl_ms is not None:
        complete |= {"ttlMs": ttl_ms, "cacheScope": "private"}
    return b'%b,"_meta":%b}' % (encode(complete)[:-1], server_info(call))


def server_info(call: Call) -> bytes:
    """`_meta` of every modern result: which server answered (2026-07-28 basic/index, Per-response protocol fields)."""
    encoded = call.caller.loaded.encoded
    found = encoded.get("meta")
    if found is None:
        found = encoded["meta"] = encode({SERVER_META: implementation(call)})
    return found


def implementation(call: Call) -> dict[str, str]:
    """Name, title and version of the server, as clients may show them."""
    snapshot = call.caller.loaded.snapshot
    return {"name": snapshot.slug, "title": snapshot.name, "version": str(snapshot.version)}
