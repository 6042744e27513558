"""Streams that clients keep open for what servers say by themselves: who listens here, and what it has not been told.

An idle listener asks nobody anything. When a server or a credential has changed, those that it may concern are
compared: told is only who can list something else than before. Many changes at once make one comparison.
"""

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.boundary import contained
from mcp_runtime.calls.bell import Bell
from mcp_runtime.calls.caller import Caller, Credential
from mcp_runtime.calls.listings import Listings, listings
from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.contract import keys
from mcp_runtime.contract.announcements import SESSION_ENDED, Announcement, decode_announcement
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.ending import end_all
from mcp_runtime.protocol.uris import following
from mcp_runtime.replica.documents import Documents

GATHER_SECONDS: Final = 0.2
"""How long further changes are waited for."""

UNTOLD_AT_MOST: Final = 1_000
"""What a listener that does not read on may have waiting; more of other topics is dropped."""

OF_A_TEMPLATE: Final = {"is_template": True}
"""In place of the parameters, where the topic is a template and not yet the URIs that follow it."""

Untold = dict[tuple[str, str], dict[str, Any]]
"""Notifications by method and topic: the newest of each."""


class Subscription(Struct, frozen=True):
    """What a stream is for: by method of a notification, the topics that it may be about; None means any."""

    topics: dict[str, frozenset[str] | None]

    def takes(self, method: str, topic: str) -> bool:
        """Whether the client asked for this."""
        topics = self.topics.get(method, frozenset())
        return topics is None or topic in topics


class Listener:
    """One open stream. `bell` rings when there is something to say or it `is_over`. `session` is that of a legacy
    stream (`sessions.standing.session_topic`)."""

    __slots__ = (
        "bell",
        "digest",
        "is_over",
        "known",
        "principal",
        "server",
        "server_id",
        "session",
        "subscription",
        "untold",
    )

    def __init__(
        self, caller: Caller, subscription: Subscription, *, session: str = "", known: Listings | None = None
    ) -> None:
        snapshot = caller.loaded.snapshot
        self.digest, self.principal = caller.credential.digest, caller.principal
        self.server, self.server_id = f"{snapshot.tenant.slug}/{snapshot.slug}", snapshot.id
        self.subscription, self.session = subscription, session
        self.known = listings(caller.loaded, caller.record) if known is None else known
        self.untold: Untold = {}
        self.bell = Bell()
        self.is_over = False

    @property
    def places(self) -> tuple[str, str, str]:
        """Under what it is found."""
        return (f"{keys.KIND_SERVER}:{self.server}", f"{keys.KIND_CREDENTIAL}:{self.digest}", f"id:{self.server_id}")

    def tell(self, method: str, topic: str = "", params: dict[str, Any] | None = None) -> None:
        """Something is to be said, if the client asked for it."""
        if not self.subscription.takes(method, topic):
            return
        if (method, topic) in self.untold or len(self.untold) < UNTOLD_AT_MOST:
            self.untold[method, topic] = params or {}
            self.bell.ring()

    def take(self) -> Untold:
        """What is to be said now."""
        untold, self.untold = self.untold, {}
        return untold

    def put_back(self, untold: Untold) -> None:
        """It could not be said now; it is with what comes next."""
        self.untold = {**untold, **self.untold}

    def end(self) -> None:
        """Say what is to be said, and no more."""
        self.is_over = True
        self.bell.ring()

    def hear(self, announcement: Announcement) -> None:
        """Something was announced on this server."""
        if announcement.principal is not None and announcement.principal != self.principal:
            return
        if announcement.is_template:
            self._hear_of_many(announcement.method, announcement.topic)
        elif announcement.method != SESSION_ENDED:
            self.tell(announcement.method, announcement.topic, announcement.params)
        elif self.session and announcement.topic == self.session:
            self.end()

    def _hear_of_many(self, method: str, uri_template: str) -> None:
        """Which of them, the client has said; or, where it wants to hear of any, its stream knows."""
        topics = self.subscription.topics.get(method, frozenset())
        if topics is None:
            self.tell(method, uri_template, OF_A_TEMPLATE)
            return
        for uri in following(uri_template, topics):
            self.tell(method, uri, {"uri": uri})

    def compare(self, now: Listings) -> None:
        """This is what the credential can list now."""
        for method in now.changed_since(self.known):
            self.tell(method)
        self.known = now


class Listeners:
    """All of this replica's."""

    def __init__(self, credentials: Documents[Credential], servers: Documents[LoadedServer]) -> None:
        self._credentials, self._servers = credentials, servers
        self._places: dict[str, set[Listener]] = {}
        self._all: set[Listener] = set()
        self._doubtful: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_drained = False

    def __len__(self) -> int:
        return len(self._all)

    def add(self, listener: Listener) -> None:
        """It listens from now on. What changed while it came is found by a first comparison."""
        self._all.add(listener)
        for place in listener.places:
            self._places.setdefault(place, set()).add(listener)
        if self._is_drained:
            listener.end()
        self._doubt({listener})

    def remove(self, listener: Listener) -> None:
        """It listens no longer."""
        self._all.discard(listener)
        self._doubtful.discard(listener)
        for place in listener.places:
            there = self._places.get(place, set())
            there.discard(listener)
            if not there:
                self._places.pop(place, None)

    def changed(self, kind: str, name: str) -> None:
        """A document of this kind was published anew."""
        self._doubt(self._places.get(f"{kind}:{name}", set()))

    def everything_changed(self) -> None:
        """Nobody knows what has changed."""
        self._doubt(self._all)

    def hear(self, message: bytes) -> None:
        """Something was announced; what can't be read is of a newer release."""
        with contextlib.suppress(msgspec.MsgspecError):
            announcement = decode_announcement(message)
            for listener in self._places.get(f"id:{announcement.server}", ()):
                listener.hear(announcement)

    def drain(self) -> None:
        """This replica stops: every stream ends in an orderly way, and those that still come do so at once."""
        self._is_drained = True
        for listener in self._all:
            listener.end()

    async def stop(self) -> None:
        """Compare no more."""
        self.drain()
        if self._task is not None:
            await end_all([self._task])

    def _doubt(self, listeners: set[Listener]) -> None:
        self._doubtful |= listeners
        if self._doubtful and (self._task is None or self._task.done()):
            self._task = asyncio.ensure_future(self._compare())

    async def _compare(self) -> None:
        while self._doubtful:
            await asyncio.sleep(GATHER_SECONDS)
            doubtful, self._doubtful = self._doubtful, set()
            for listener in doubtful:
                try:
                    await contained(self._compare_one(listener), RecordUnavailable, doing="comparing lists")
                except RecordUnavailable:
                    self._doubtful.add(listener)  # not known to be the same

    async def _compare_one(self, listener: Listener) -> None:
        credential, loaded = await self._credentials.get(listener.digest), await self._servers.get(listener.server)
        if credential is not None and loaded is not None:  # else it is about to be ended
            listener.compare(listings(loaded, credential.record))
