"""uvicorn's HTTP protocol with an express lane: see `edge.express`.

An ordinary call is answered where its last byte is read, without ASGI's scope, messages and task, and in one write.
For everything else uvicorn goes on as it always does, with the same bytes. A tool that turns out to wait is waited for
in an ordinary ASGI cycle, so that pipelining, disconnects, draining and time-outs are uvicorn's own in every case.
"""

from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mcp_runtime.boundary import Begun
from mcp_runtime.edge.express import PATH_PREFIX, Express, Known
from mcp_runtime.edge.express_call import ExpressCall
from mcp_runtime.wire.exchange import Exchange, Receive, Scope, Send

BODY_AT_MOST: Final = 64 * 1024
"""Larger bodies are left to ASGI, which does not hold them in memory before it has looked at the headers."""

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_FIXED: Final = b"x-content-type-options: nosniff\r\ncontent-type: application/json\r\ncontent-length: "


class ExpressProtocol(HttpToolsProtocol):
    """One connection. An application without `express` is served like by uvicorn alone."""

    _express: Express | None = None
    _known: Known | None = None
    _held: bytes | None = None
    _head: tuple[Any, bytes] = (None, b"")
    _is_idle = False
    _idle_since = 0.0
    _idle_timer: TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._express = getattr(self.app, "express", None)

    def on_message_begin(self) -> None:
        """Put off what only ASGI needs."""
        self._is_idle = False
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Hold a request that may be an ordinary call back until its body is there."""
        if self._express is not None and self.url.startswith(PATH_PREFIX) and self._may_be_ordinary():
            self._held = b""
        else:
            self._begin_as_usual()

    def on_body(self, body: bytes) -> None:
        """Keep the body of a request that is held back."""
        if self._held is None:
            super().on_body(body)
        elif len(self._held) + len(body) > BODY_AT_MOST:
            self._let_go(self._held + body)
        else:
            self._held = self._held + body if self._held else body

    def on_message_complete(self) -> None:
        """Answer an ordinary call; let every other request go its usual way."""
        body = self._held
        if body is None:
            super().on_message_complete()
            return
        call = self._find(body)
        if call is None:
            self._let_go(body)
            super().on_message_complete()
            return
        answer = call.run()
        if isinstance(answer, Begun):
            self._wait_in_a_cycle(call, answer, body)
        else:
            self._held = None
            self.transport.write(self._response_head(len(answer)) + answer)
            self._rest()

    def _may_be_ordinary(self) -> bool:
        """A plain POST on a connection where nothing else is under way and the client reads its answers."""
        parser = self.parser
        cycle: RequestResponseCycle | None = self.cycle
        return (
            parser.get_method() == b"POST"
            and (cycle is None or cycle.response_complete)
            and not self.expect_100_continue
            and not self.flow.write_paused
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and self.limit_concurrency is None
        )

    def _find(self, body: bytes) -> ExpressCall | None:
        """The call in the request that is complete now. A client's headers are looked at when they change."""
        express, known = self._express, self._known
        if express is None:
            return None
        if known is None or not known.fits(self.url, self.headers):
            known = self._known = express.examine(self.url, self.headers, self.client)
        call = None if known is None else express.find(known, body)
        if call is None:
            self._known = None  # what it was found to be may be what no longer holds
        return call

    def _let_go(self, body: bytes) -> None:
        self._held = None
        self._begin_as_usual()
        if body:
            super().on_body(body)

    def _begin_as_usual(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)  # the list that uvicorn has put into the scope
        super().on_headers_complete()

    def _wait_in_a_cycle(self, call: ExpressCall, begun: Begun[Any], body: bytes) -> None:
        async def finish(scope: Scope, receive: Receive, send: Send) -> None:
            await Exchange(scope, receive, send).answer_json(200, await call.wait(begun))

        usual: Callable[..., Any] = self.app
        self.app = finish
        try:
            self._let_go(body)
        finally:
            self.app = usual
        super().on_message_complete()

    def _response_head(self, length: int) -> bytes:
        """Status line and headers. What comes before the length is made anew when uvicorn's clock has turned."""
        defaults = self.server_state.default_headers
        kept = ExpressProtocol._head
        if kept[0] is not defaults:
            lines = b"".join(b"%b: %b\r\n" % pair for pair in defaults)
            kept = ExpressProtocol._head = (defaults, _OK + lines + _FIXED)
        return b"%b%d\r\n\r\n" % (kept[1], length)

    def _rest(self) -> None:
        """The connection is idle. One timer watches it, instead of a new one after every answer."""
        self.server_state.total_requests += 1
        self._is_idle, self._idle_since = True, self.loop.time()
        if self._idle_timer is None and not self.transport.is_closing():
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._watch_idleness)

    def _watch_idleness(self) -> None:
        self._idle_timer = None
        cycle: RequestResponseCycle | None = self.cycle
        if self.transport.is_closing() or (cycle is not None and not cycle.response_complete):
            return  # uvicorn's own timer watches what comes after a cycle
        idle = self.loop.time() - self._idle_since
        if self._is_idle and idle >= self.timeout_keep_alive:
            self.transport.close()
        else:
            wait = self.timeout_keep_alive - (idle if self._is_idle else 0)
            self._idle_timer = self.loop.call_later(wait, self._watch_idleness)

    def shutdown(self) -> None:
        """Drain: a request whose body is still coming is served before the connection closes."""
        if self._held is not None:
            self._let_go(self._held)
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is idle any more."""
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        super().connection_lost(exc)
