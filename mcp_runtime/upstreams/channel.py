"""The way of one message to an upstream: a POST through the door, and the head of its answer."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from egress.answers import Answer
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError
from egress.outgoing import Outgoing
from egress.purposes import Purpose
from mcp_runtime.contract.upstreams import UpstreamSpec, UpstreamUnreachable
from mcp_runtime.protocol.jsonrpc import is_deeper
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.errors import RpcError, ScopesWanted, Unauthorized, unreachable
from mcp_runtime.upstreams.readable import UNREADABLE

SESSION_HEADER: Final = "mcp-session-id"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
_ACCEPT: Final = (("Accept", f"{JSON}, {EVENTS}"), ("Content-Type", JSON))

_TOO_FEW: Final = re.compile(r"\berror\s*=\s*\"?insufficient_scope\b", re.IGNORECASE)
_SCOPE: Final = re.compile(r"\bscope\s*=\s*\"([\x21\x23-\x5b\x5d-\x7e ]{1,1000})\"", re.IGNORECASE)
MOST_DEPTH: Final = 128
"""How deep what an upstream sends may be: whoever reads it later must be able to."""

CHALLENGE_LENGTH: Final = 4_096
MOST_SCOPES: Final = 20

encode: Final = msgspec.json.Encoder().encode


class Message(Struct):
    """What an upstream sends: a response, a request of its own, or a notification. Members beyond are ignored."""

    jsonrpc: str
    id: str | int | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    params: Raw | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET


class _Error(Struct):
    code: int
    message: str = ""
    data: Any = None


class AnsweredStatus(UpstreamUnreachable):
    """The upstream answered with a status that is no success, and with no JSON-RPC error. `status` is that."""

    def __init__(self, reason: str, text: str, status: int) -> None:
        super().__init__(reason, text)
        self.status = status


_decoder = msgspec.json.Decoder(Message)
_error_decoder = msgspec.json.Decoder(_Error)


class Channel:
    """To one upstream of one tenant."""

    def __init__(self, door: Door, upstream: UpstreamSpec) -> None:
        self._door, self.upstream = door, upstream

    @asynccontextmanager
    async def open(
        self,
        credentials: Credentials,
        headers: Mapping[str, str],
        *,
        body: bytes = b"",
        method: str = "POST",
        idle: float | None = None,
    ) -> AsyncIterator[Answer]:
        """Send it; the answer is closed at the end. Raises UpstreamUnreachable, and so does reading in the block."""
        upstream = self.upstream
        owner = f"{upstream.id}|{credentials.account}"
        caller = Caller(Purpose.UPSTREAM_MCP, upstream.tenant_id, owner, upstream.allowance)
        outgoing = Outgoing(
            upstream.url,
            method=method,
            headers=(*_ACCEPT, *headers.items(), *credentials.headers),
            body=body,
            secret_headers=credentials.secret_headers,
            idle=idle,
        )
        try:
            async with self._door.open(outgoing, caller) as answer:
                yield answer
        except EgressError as error:
            raise unreachable(error, upstream.url) from error


def media_type(answer: Answer) -> str:
    """The media type of an answer, without parameters."""
    return (answer.header("content-type") or "").partition(";")[0].strip().lower()


def decode_message(body: bytes) -> Message:
    """One JSON-RPC message. Raises UpstreamUnreachable (protocol)."""
    try:
        message = _decoder.decode(body)
        if body.count(b"{") + body.count(b"[") > MOST_DEPTH and is_deeper(body, MOST_DEPTH):
            raise RecursionError
        return message
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream sent what is no JSON-RPC message.") from error


def rpc_error(error: bytes | Raw) -> RpcError:
    """The error of a response. Raises UpstreamUnreachable (protocol)."""
    try:
        found = _error_decoder.decode(error)
    except UNREADABLE as malformed:
        raise UpstreamUnreachable("protocol", "The upstream sent an error that is none of JSON-RPC.") from malformed
    return RpcError(found.code, found.message, found.data)


async def check_status(answer: Answer) -> None:
    """Raises Unauthorized, ScopesWanted, RpcError where the body is one, and AnsweredStatus; nothing for a success."""
    status = answer.status
    if status < 400:
        return
    if status == 401:
        raise Unauthorized
    if status == 403:
        if scopes := wanted_scopes(answer.header("www-authenticate") or ""):
            raise ScopesWanted(scopes)
        raise AnsweredStatus("forbidden", "The upstream answered 403: the account may not do this there.", status)
    if media_type(answer) == JSON and (message := _error_message(await answer.read())) is not None:
        raise rpc_error(message)
    if status >= 500:
        raise AnsweredStatus("unreachable", f"The upstream answered {status}: it is out of order.", status)
    raise AnsweredStatus("not_mcp", f"The upstream answered {status}: there is no MCP server at this URL.", status)


def wanted_scopes(challenge: str) -> tuple[str, ...]:
    """The scopes that a challenge names where a token has too few (RFC 6750, 3.1); none for any other."""
    challenge = challenge[:CHALLENGE_LENGTH]
    found = _SCOPE.search(challenge) if _TOO_FEW.search(challenge) else None
    return () if found is None else tuple(found[1].split()[:MOST_SCOPES])


def _error_message(body: bytes) -> Raw | None:
    try:
        message = _decoder.decode(body)
    except UNREADABLE:
        return None
    return message.error if isinstance(message.error, Raw) else None
