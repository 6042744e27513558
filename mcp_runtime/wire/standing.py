"""The stream that a client of the older revisions opens with GET, for what the server says unasked (MCP 2025-11-25
basic/transports, "Listening for Messages from the Server").

Its events have ids. A client that lost it comes back with the last one it has: it gets what it missed of that stream,
then a new one, which begins with what has changed meanwhile. No response is ever on it.
"""

import contextlib
from time import monotonic
from typing import Final

from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.listeners import OF_A_TEMPLATE, Listener, Subscription, Untold
from mcp_runtime.calls.listings import Listings
from mcp_runtime.contract.announcements import (
    PROMPTS_CHANGED,
    RESOURCE_UPDATED,
    RESOURCES_CHANGED,
    TOOLS_CHANGED,
)
from mcp_runtime.protocol.jsonrpc import encode
from mcp_runtime.protocol.uris import following
from mcp_runtime.protocol.versions import PRIMING
from mcp_runtime.refusals import Refusal
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.runtime import Runtime
from mcp_runtime.sessions.log_reader import LogReader
from mcp_runtime.sessions.standing import session_topic
from mcp_runtime.sessions.store import Owner, Session
from mcp_runtime.sessions.stream_log import StreamAbout, event_id
from mcp_runtime.wire.delivery import Delivery
from mcp_runtime.wire.exchange import Exchange, event
from mcp_runtime.wire.open_stream import OpenStream

ABOUT: Final = StreamAbout(request_id=0, tool="", is_standing=True)
_JUST_NOTHING: Final = frozenset({""})
SUBSCRIPTION: Final = Subscription(
    {
        TOOLS_CHANGED: _JUST_NOTHING,
        PROMPTS_CHANGED: _JUST_NOTHING,
        RESOURCES_CHANGED: _JUST_NOTHING,
        RESOURCE_UPDATED: None,  # which ones, the session knows
    }
)


class StandingStream(OpenStream):
    """One connection of one session. `missed` reads what an earlier one had said after the client's last event."""

    def __init__(
        self,
        exchange: Exchange,
        runtime: Runtime,
        caller: Caller,
        owner: Owner,
        session: Session,
        missed: LogReader | None,
    ) -> None:
        listener = Listener(caller, SUBSCRIPTION, session=session_topic(owner, session.id))
        super().__init__(exchange, runtime, caller, listener, session.version, session.client_info)
        self._owner, self._session, self._missed = owner, session, missed
        self._delivery = Delivery(exchange)
        self._place = ""
        if session.version in PRIMING:  # its clients come back by themselves, wherever there is room
            self._closes_at = monotonic() + runtime.settings.standing_seconds

    async def _begin(self) -> None:
        runtime, owner, session = self._runtime, self._owner, self._session
        await self._exchange.open_stream()
        if self._missed is not None:
            await self._replay(self._missed)
        log = await runtime.streams.begin(owner, session.id, ABOUT)
        await self._delivery.begin(log, session.version)
        with contextlib.suppress(*STORE_DOWN):
            await self._keep_place()
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Tell what has changed since the client was last told."""
        known = self._listener.known
        told = await self._runtime.standing.told(self._owner, self._session.id)
        if told is not None:
            for method in known.changed_since(Listings.decode(told)):
                self._listener.tell(method)
        else:
            await self._runtime.standing.tell(self._owner, self._session.id, known.encode())

    async def _replay(self, missed: LogReader) -> None:
        with contextlib.suppress(*STORE_DOWN):
            while (page := await missed.read()).messages:
                events = [event(message, event_id(missed.name, position)) for position, message in page.messages]
                await self._exchange.send_chunk(b"".join(events))

    async def _say(self, untold: Untold) -> None:
        runtime, owner, session_id = self._runtime, self._owner, self._session.id
        try:
            uris = await self._uris(untold)
            subscribed = await runtime.standing.speak(owner, session_id, self._place, uris)
        except STORE_DOWN:
            self._listener.put_back(untold)
            return
        if subscribed is None:
            return
        lists = [method for method, _ in untold if method != RESOURCE_UPDATED]
        messages = [_notification(method, None) for method in lists]
        messages += [_notification(RESOURCE_UPDATED, uri) for uri in uris if uri in subscribed]
        if messages:
            await self._delivery.send(messages)
        if lists:
            with contextlib.suppress(*STORE_DOWN):
                await runtime.standing.tell(owner, session_id, self._listener.known.encode())
        self._heed()

    async def _uris(self, untold: Untold) -> list[str]:
        """The resources that have changed; of templates, those that the session subscribed to."""
        changed = {topic: params for (method, topic), params in untold.items() if method == RESOURCE_UPDATED}
        uris = dict.fromkeys(topic for topic, params in changed.items() if params is not OF_A_TEMPLATE)
        templates = [topic for topic, params in changed.items() if params is OF_A_TEMPLATE]
        if templates:
            known = await self._runtime.standing.subscriptions(self._owner, self._session.id)
            uris |= dict.fromkeys(uri for template in templates for uri in following(template, sorted(known)))
        return list(uris)

    async def _beat(self) -> None:
        await self._delivery.beat()
        self._heed()
        with contextlib.suppress(*STORE_DOWN):
            if await self._runtime.sessions.read(self._owner, self._session.id, is_request=False) is None:
                self._listener.end()  # it has ended, and nobody heard
            await self._keep_place()

    async def _keep_place(self) -> None:
        standing, session_id = self._runtime.standing, self._session.id
        if self._place:
            await standing.renew(self._owner, session_id, self._place)
        else:
            self._place = await standing.enter(self._owner, session_id, self._member)

    def _heed(self) -> None:
        if self._delivery.client is None:
            raise TimeoutError  # gone, or come back elsewhere

    async def _end(self, refusal: Refusal | None) -> None:
        await self._exchange.close_stream()

    async def _leave(self) -> None:
        """What was said waits for the client; nothing more is."""
        self._delivery.client = None
        await self._delivery.release()
        with contextlib.suppress(*STORE_DOWN):
            await self._runtime.standing.leave(self._owner, self._session.id, self._place)


def _notification(method: str, uri: str | None) -> bytes:
    message = {"jsonrpc": "2.0", "method": method}
    return encode(message if uri is None else {**message, "params": {"uri": uri}})
