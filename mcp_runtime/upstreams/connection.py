"""One upstream as one account speaks to it: a session in the older eras, nothing but what was agreed in the modern."""

import asyncio
from collections.abc import Coroutine, Mapping
from itertools import count
from typing import Any, Final

from msgspec import UNSET, Raw, Struct

from egress.answers import Answer
from egress.errors import EgressError
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.protocol.header_values import encode as header_value
from mcp_runtime.upstreams.channel import (
    EVENTS,
    JSON,
    SESSION_HEADER,
    Channel,
    Message,
    check_status,
    decode_message,
    encode,
    media_type,
    rpc_error,
)
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.errors import RpcError, ScopesWanted, SessionLost, Unauthorized
from mcp_runtime.upstreams.listed import Listings
from mcp_runtime.upstreams.streamed_answer import StreamedAnswer
from mcp_runtime.upstreams.turn import SILENT, Turn

VERSION_META: Final = "io.modelcontextprotocol/protocolVersion"
CLIENT_META: Final = "io.modelcontextprotocol/clientInfo"
CAPABILITIES_META: Final = "io.modelcontextprotocol/clientCapabilities"
CLIENT: Final = {"name": "atrium", "title": "Atrium", "version": "1"}
_NAMED: Final = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_GONE: Final = frozenset({400, 404})
MOST_RETURNS: Final = 5
LONGEST_RETRY_SECONDS: Final = 10.0
DEFAULT_RETRY_SECONDS: Final = 1.0
PARTING_SECONDS: Final = 5.0


class Agreed(Struct, frozen=True, kw_only=True):
    """What an upstream said when it was first spoken to. `session_id` is empty where it keeps none."""

    is_modern: bool
    version: str
    session_id: str = ""
    capabilities: dict[str, Any] = {}
    server_info: dict[str, Any] = {}
    instructions: str = ""


class Connection:
    """Sends requests. `listings` are the lists of the upstream that were read on it."""

    def __init__(self, channel: Channel, agreed: Agreed) -> None:
        self._channel, self.agreed = channel, agreed
        self._ids = count(1)
        self._parting: set[asyncio.Task[None]] = set()
        self.upstream = channel.upstream
        self.listings = Listings()
        self.is_lost = False

    async def request(
        self,
        method: str,
        params: dict[str, Any],
        credentials: Credentials,
        turn: Turn = SILENT,
        *,
        headers: Mapping[str, str] | None = None,
        idle: float | None = None,
    ) -> Raw:
        """The result of a request. Raises RpcError, SessionLost, Unauthorized, UpstreamUnreachable. Cancelling it
        cancels it at the upstream as well."""
        request_id = next(self._ids)
        body = self._body(request_id, method, params, turn)
        reply = None if self.agreed.is_modern else self._replying(credentials)
        streamed = StreamedAnswer(request_id, turn, self._changed, reply)
        sent = {**self._headers(method, params), **(headers or {})}
        try:
            message = await self._exchange(streamed, sent, body, credentials, idle)
        except asyncio.CancelledError:
            self._cancel(request_id, credentials)
            raise
        finally:
            await streamed.close()
        if isinstance(message.error, Raw):
            raise rpc_error(message.error)
        if not isinstance(message.result, Raw):
            raise UpstreamUnreachable("protocol", "The upstream sent a response with neither result nor error.")
        return message.result

    async def notify(self, method: str, params: dict[str, Any], credentials: Credentials) -> None:
        """Send a notification, or a response where `params` is one. Raises as `request` does."""
        body = encode({"jsonrpc": "2.0", "method": method, "params": params} if method else params)
        async with self._channel.open(credentials, self._headers(method, params), body=body) as answer:
            await self._check(answer)

    async def end(self, credentials: Credentials) -> None:
        """Tell the upstream that the session is not needed any more, if there is one."""
        for task in self._parting:
            task.cancel()
        if self.agreed.session_id:
            try:
                async with self._channel.open(
                    credentials, self._headers("", {}), method="DELETE", idle=PARTING_SECONDS
                ) as answer:
                    await answer.read()
            except (UpstreamUnreachable, EgressError):
                return

    def _body(self, request_id: int, method: str, params: dict[str, Any], turn: Turn) -> bytes:
        meta = {**turn.meta, "progressToken": request_id}
        if self.agreed.is_modern:
            meta |= modern_meta(self.agreed.version, turn.capabilities)
        return encode({"jsonrpc": "2.0", "id": request_id, "method": method, "params": {**params, "_meta": meta}})

    def _headers(self, method: str, params: dict[str, Any]) -> dict[str, str]:
        agreed = self.agreed
        headers = {"MCP-Protocol-Version": agreed.version}
        if agreed.is_modern:
            headers["Mcp-Method"] = method
            if method in _NAMED:
                headers["Mcp-Name"] = header_value(str(params[_NAMED[method]]))
        elif agreed.session_id:
            headers[SESSION_HEADER] = agreed.session_id
        return headers

    async def _exchange(
        self,
        streamed: StreamedAnswer,
        headers: dict[str, str],
        body: bytes,
        credentials: Credentials,
        idle: float | None,
    ) -> Message:
        async with self._channel.open(credentials, headers, body=body, idle=idle) as answer:
            await self._check(answer)
            if media_type(answer) == JSON:
                return decode_message(await answer.read())
            if media_type(answer) != EVENTS:
                raise UpstreamUnreachable("protocol", f"The upstream answered a request with {answer.status} alone.")
            message = await streamed.read(answer)
        returns = 0
        while message is None:
            returns += 1
            message = await self._return(streamed, credentials, returns)
        return message

    async def _return(self, streamed: StreamedAnswer, credentials: Credentials, returns: int) -> Message | None:
        """Take a stream up where it broke off (2025-11-25 basic/transports, Resumability). Raises UpstreamUnreachable
        where that can't be."""
        last_id, retry = streamed.reader.last_id, streamed.reader.retry_ms
        if last_id is None or self.agreed.is_modern or returns > MOST_RETURNS:
            raise UpstreamUnreachable("unreachable", "The upstream ended its answer before it was complete.")
        seconds = DEFAULT_RETRY_SECONDS if retry is None else retry / 1000
        await asyncio.sleep(min(seconds, LONGEST_RETRY_SECONDS))
        headers = {**self._headers("", {}), "Last-Event-ID": last_id}
        async with self._channel.open(credentials, headers, method="GET") as answer:
            await self._check(answer)
            if media_type(answer) != EVENTS:
                raise UpstreamUnreachable("unreachable", "The upstream ended its answer before it was complete.")
            return await streamed.read(answer)

    async def _check(self, answer: Answer) -> None:
        """Raises SessionLost where the status says that of a session, else as `check_status` does."""
        if self.agreed.session_id and answer.status in _GONE:
            message = b"" if media_type(answer) != JSON else await answer.read()
            if answer.status == 404 or _is_about_no_request(message):
                self.is_lost = True
                raise SessionLost
            raise rpc_error(decode_message(message).error or b"")
        await check_status(answer)

    def _replying(self, credentials: Credentials) -> Any:
        async def reply(response: dict[str, Any]) -> None:
            await self.notify("", response, credentials)

        return reply

    def _cancel(self, request_id: int, credentials: Credentials) -> None:
        """In 2026-07-28 closing the stream has said it already."""
        if not self.agreed.is_modern:
            params = {"requestId": request_id, "reason": "Nobody waits for it any more."}
            self._part(self.notify("notifications/cancelled", params, credentials))

    def _part(self, work: Coroutine[Any, Any, None]) -> None:
        async def quietly() -> None:
            try:
                async with asyncio.timeout(PARTING_SECONDS):
                    await work
            except (UpstreamUnreachable, RpcError, SessionLost, ScopesWanted, Unauthorized, TimeoutError):
                return

        task = asyncio.ensure_future(quietly())
        self._parting.add(task)
        task.add_done_callback(self._parting.discard)

    def _changed(self, method: str, params: dict[str, Any]) -> None:
        self.listings.changed(method)


def modern_meta(version: str, capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """`_meta` of every request of 2026-07-28 (basic/index, Per-request protocol fields)."""
    return {VERSION_META: version, CLIENT_META: CLIENT, CAPABILITIES_META: capabilities}


def _is_about_no_request(body: bytes) -> bool:
    """Whether a 400 is about the session itself: servers that don't know one say so with no id, or with no JSON."""
    try:
        message = decode_message(body)
    except UpstreamUnreachable:
        return True
    return message.id is None or message.id is UNSET
