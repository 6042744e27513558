"""Which era does a request belong to? Decided from headers and body together (MCP 2026-07-28 basic/versioning)."""

from typing import Final, Literal

from mcp_runtime.protocol.jsonrpc import Message
from mcp_runtime.protocol.versions import LEGACY, MODERN, SUPPORTED
from mcp_runtime.refusals import Refused, refuse

Era = Literal["modern", "legacy"]

VERSION_META: Final = "io.modelcontextprotocol/protocolVersion"
VERSION_HEADER: Final = b"mcp-protocol-version"
_MODERN: Final = frozenset(version.encode() for version in MODERN)
_LEGACY: Final = frozenset(version.encode() for version in LEGACY)


def choose(headers: dict[bytes, bytes], message: Message) -> Era:
    """The era of one message. Raises Refused where the version in the header is none that Atrium speaks.

    A version on the request itself makes it modern, whatever the header says: the two are compared later, and a
    disagreement is told to the client as such. `initialize` is legacy by definition.
    """
    if VERSION_META in message.meta:
        return "modern"
    header = headers.get(VERSION_HEADER)
    if message.method == "initialize" or header is None or header in _LEGACY:
        return "legacy"
    if header in _MODERN:
        return "modern"
    raise unsupported_version(header.decode("latin-1"))


def unsupported_version(requested: str) -> Refused:
    """The refusal of a version, listing those that are served."""
    return refuse(
        "unsupported_version",
        "Unsupported protocol version",
        supported=list(SUPPORTED),
        requested=requested[:64],
    )


def not_acceptable() -> Refused:
    """The refusal of an Accept header that allows neither form of an answer."""
    return refuse("not_acceptable", "Accept must list application/json and text/event-stream: answers come as either.")
