"""The event streams of pages. Django says who may listen; the stream itself is kept here, without a thread or a
database connection of its own.

A view that lets somebody listen says so in the request's ASGI scope (`allow`). When Django has answered, the answer's
headers begin a stream of server-sent events instead, which carry names and nothing else. The same request is put to
Django again every few seconds: whoever may not listen any more hears no more.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from django.http import HttpRequest

from control_plane.live.hub import Hub
from control_plane.live.listeners import Listener
from mcp_runtime.ending import end_all
from mcp_runtime.wire.exchange import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Messages = list[Any]

LONGEST_SECONDS: Final = 600.0
STREAMS_PER_PERSON: Final = 16
"""In one process. More tabs than that ask every few seconds instead."""

HEARTBEAT: Final = b": \n\n"
BEGINNING: Final = b"retry: 2000\n\n"
TOO_MANY: Final = b"Too many pages are listening.\n"
_PATH: Final = re.compile(r"/app/[^/]+/live")
_ALLOWED: Final = "atrium.live"
_DROPPED: Final = (b"content-length", b"set-cookie")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may listen, to what: ids."""

    tenant: str
    person: str


def allow(request: HttpRequest, *, tenant: str, person: str) -> None:
    """Let this request listen to a tenant. Without a server that keeps streams, nothing comes of it."""
    scope: Scope = getattr(request, "scope", {})
    scope[_ALLOWED] = Allowed(tenant=tenant, person=person)


@dataclass
class Times:
    """In seconds: how often the permission is asked for again, how often something is said, how long it lasts."""

    check: float = 4.0
    heartbeat: float = 15.0
    longest: float = LONGEST_SECONDS


@dataclass
class LiveStreams:
    """Around Django's application: passes everything through, but for answers that allow to listen."""

    application: Application
    hub: Hub = field(default_factory=Hub)
    times: Times = field(default_factory=Times)
    is_draining: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or _PATH.fullmatch(scope["path"]) is None:
            await self.application(scope, receive, send)
            return
        messages, allowed = await self._ask(scope)
        if allowed is None or self.is_draining:
            for message in messages:
                await send(message)
        elif self.hub.listeners.of_person(allowed.person) >= STREAMS_PER_PERSON:
            await _refuse(send)
        else:
            await self._stream(scope, receive, send, _headers(messages), allowed)

    def drain(self) -> None:
        """End all streams, and begin no more."""
        self.is_draining = True
        self.hub.listeners.wake_everybody()

    async def _ask(self, scope: Scope) -> tuple[Messages, Allowed | None]:
        """Put the request to Django: its whole answer, and whom it lets listen."""
        asked, messages = dict(scope), Messages()

        async def keep(message: Any) -> None:
            messages.append(message)

        await self.application(asked, _nothing_more(), keep)
        return messages, asked.get(_ALLOWED)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, headers: Any, allowed: Allowed) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _say(send, BEGINNING)
        async with self.hub.listening(allowed.tenant, allowed.person) as listener:
            pump = asyncio.ensure_future(self._pump(scope, send, listener, allowed))
            gone = asyncio.ensure_future(_until_gone(receive))
            try:
                await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end_all((pump, gone))
        await send({"type": "http.response.body", "body": b""})

    async def _pump(self, scope: Scope, send: Send, listener: Listener, allowed: Allowed) -> None:
        now = monotonic()
        end, check, heartbeat = now + self.times.longest, now + self.times.check, now + self.times.heartbeat
        while now < end and not self.is_draining:
            for name in await listener.names(min(end, check, heartbeat) - now):
                await _say(send, b"event: %b\ndata: {}\n\n" % name.encode())
            now = monotonic()
            if now >= check:
                _, still = await self._ask(scope)
                if still != allowed or not self.hub.hears:
                    return
                check = monotonic() + self.times.check
            if now >= heartbeat:
                await _say(send, HEARTBEAT)
                heartbeat = now + self.times.heartbeat


def _headers(messages: Messages) -> list[tuple[bytes, bytes]]:
    """Those of Django's answer, security headers included."""
    headers = [pair for pair in messages[0]["headers"] if pair[0].lower() not in _DROPPED]
    # Proxies must not hold events back.
    return [*headers, (b"x-accel-buffering", b"no")]


async def _say(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_MANY})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _nothing_more() -> Receive:
    """A request without a body, from somebody who stays: Django listens for a disconnect while it answers."""
    sent = False

    async def receive() -> Any:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.Event().wait()

    return receive
