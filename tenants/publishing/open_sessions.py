"""What is open on a server just now, as the store knows it: sessions of the older eras, and what its replicas hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mcp_runtime.contract import keys
from mcp_runtime.contract.open_sessions import (
    CALL,
    CLOSINGS,
    CLOSINGS_SECONDS,
    STANDING,
    Closing,
    Handle,
    Holder,
    ListedSession,
    ListedStream,
    Place,
    decode_listed_session,
    decode_listed_stream,
    encode_open,
    handle_of_record,
    live_news,
    session_keys,
    standing_key_names,
    stream_replicas_key,
    streams_key,
    tenant_session_keys,
)
from tenants.errors import UnavailableError
from tenants.models import Server
from tenants.publishing.store import STORE_DOWN, store


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream or a lasting call that some replica holds."""

    id: Handle
    listed: ListedStream
    replica: str

    @property
    def holder(self) -> Holder:
        """Who has it open."""
        return self.listed.holder

    @property
    def since(self) -> datetime:
        """When it was opened."""
        return _time(self.listed.since)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session, with the streams that are open in it."""

    id: Handle
    listed: ListedSession
    requested_at: datetime
    streams: tuple[OpenStream, ...]

    @property
    def holder(self) -> Holder:
        """Whose it is."""
        return self.listed.holder

    @property
    def since(self) -> datetime:
        """When it began."""
        return _time(self.listed.since)

    @property
    def is_listening(self) -> bool:
        """True while its client keeps a stream open for what the server says by itself."""
        return any(stream.listed.kind == STANDING for stream in self.streams)

    @property
    def calls(self) -> int:
        """How many of its calls are running."""
        return sum(stream.listed.kind == CALL for stream in self.streams)


@dataclass(frozen=True, slots=True)
class OpenThings:
    """What is open: sessions, and streams that are of none. The newest come first; `at` is the store's time."""

    sessions: list[OpenSession]
    streams: list[OpenStream]
    at: float

    @property
    def ids(self) -> list[Handle]:
        """Of both."""
        return [*(session.id for session in self.sessions), *(stream.id for stream in self.streams)]


def open_things(*, server: Server) -> OpenThings:
    """Everything that is open on the server, whoever's it is. Raises UnavailableError."""
    place = place_of(server)
    try:
        now, listed, expiries, requests, replicas = _ask(place)
        streams = _streams(place, replicas)
    except STORE_DOWN as error:
        raise unavailable() from error
    of_session: dict[Handle, list[OpenStream]] = {}
    for stream in streams:
        of_session.setdefault(stream.listed.session, []).append(stream)
    requested = dict(requests)
    sessions = [
        OpenSession(
            id=(handle := handle_of_record(key)),
            listed=session,
            requested_at=_time(requested.get(key, session.since)),
            streams=tuple(of_session.pop(handle, ())),
        )
        for key, expires in expiries
        if expires > now and (session := _session(listed.get(key), place)) is not None
    ]
    alone = [stream for some in of_session.values() for stream in some]
    return OpenThings(_newest_first(sessions), _newest_first(alone), now)


def open_things_end(*, server: Server, things: OpenThings) -> None:
    """End these now, on every replica: sessions are not found any more, streams are closed, calls cancelled. What has
    ended by itself meanwhile stays so. Raises UnavailableError."""
    place = place_of(server)
    order = encode_open(Closing(*place, things.ids))
    try:
        with store().pipeline(transaction=True) as pipe:
            for session in things.sessions:
                names = session_keys(place.tenant, session.id)
                pipe.delete(names.record, *standing_key_names(session.id))
                pipe.zrem(names.expiries, names.record)
                pipe.hdel(names.listed, names.record)
                pipe.zrem(names.requests, names.record)
            for stream in (*things.streams, *(each for session in things.sessions for each in session.streams)):
                pipe.hdel(streams_key(place, stream.replica), stream.id)
            pipe.zadd(CLOSINGS, {order: things.at})
            pipe.zremrangebyscore(CLOSINGS, "-inf", things.at - CLOSINGS_SECONDS)
            pipe.expire(CLOSINGS, CLOSINGS_SECONDS)
            pipe.publish(CLOSINGS, order)
            pipe.publish(keys.LIVE, live_news(place.tenant))
            pipe.execute()
    except STORE_DOWN as error:
        raise unavailable() from error


def place_of(server: Server) -> Place:
    """The server, as the runtime names it."""
    return Place(str(server.tenant_id), str(server.pk))


def unavailable() -> UnavailableError:
    """What is said while the store is away."""
    return UnavailableError("Sessions can't be reached just now. Try again shortly.")


def _ask(place: Place) -> tuple[float, dict[bytes, bytes], Any, Any, list[bytes]]:
    expiries, listed, requests = tenant_session_keys(place.tenant)
    with store().pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.hgetall(listed)
        pipe.zrange(expiries, 0, -1, withscores=True)
        pipe.zrange(requests, 0, -1, withscores=True)
        pipe.zrange(stream_replicas_key(place), 0, -1)
        (seconds, micros), *answers = pipe.execute()
    return (seconds + micros / 1_000_000, *answers)


def _streams(place: Place, replicas: Iterable[bytes]) -> list[OpenStream]:
    names = [replica.decode() for replica in replicas]
    with store().pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(streams_key(place, name))
        found = pipe.execute()
    return [
        OpenStream(handle.decode(), decode_listed_stream(listed), name)
        for name, fields in zip(names, found, strict=True)
        for handle, listed in fields.items()
    ]


def _session(listed: bytes | None, place: Place) -> ListedSession | None:
    """As it is listed; None for one of another server of the tenant."""
    session = None if listed is None else decode_listed_session(listed)
    return None if session is None or session.server != place.server else session


def _newest_first(things: list[Any]) -> list[Any]:
    return sorted(things, key=lambda each: (-each.listed.since, each.id))


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
