"""The event logs of this replica's streams: new ones to write, and any stream's to read."""

import asyncio
from secrets import token_urlsafe
from typing import Any

from mcp_runtime.protocol.jsonrpc import RequestId
from mcp_runtime.replica.pulse import Pulse
from mcp_runtime.sessions.log_reader import LogReader
from mcp_runtime.sessions.log_writer import LogWriter
from mcp_runtime.sessions.store import Owner
from mcp_runtime.sessions.stream_log import (
    CALL,
    NAME_BYTES,
    Scripts,
    StreamAbout,
    decode_about,
    parse_event_id,
    request_key,
    stream_keys,
)


class Streams:
    """Opens logs and finds them again. `idle_seconds`: how long a session lives, and a log that nobody touches.

    `is_handed_over` says that this replica stops, and that other ones are to go on with what they can: streams of jobs.
    `wakes` has an event for each stream that is open.
    """

    def __init__(self, redis: Any, *, idle_seconds: int, pulse_interval: float) -> None:
        self._redis, self.idle_seconds = redis, idle_seconds
        self._scripts = Scripts(redis)
        self.pulse = Pulse(redis, pulse_interval)
        self.is_handed_over = False
        self.wakes: set[asyncio.Event] = set()

    async def begin(self, owner: Owner, session_id: str, about: StreamAbout) -> LogWriter | None:
        """The writer of a new log; None where Redis is away: that stream has none."""
        name = token_urlsafe(NAME_BYTES)
        keys = stream_keys(owner, session_id, name)
        writer = LogWriter(self._scripts, keys, self.pulse, name=name, idle_seconds=self.idle_seconds)
        is_jobs_own = about.job_id is not None and about.method == CALL
        request = request_key(owner, session_id, about.request_id) if is_jobs_own else None
        return writer if await writer.open(about, request) else None

    async def job_of(self, owner: Owner, session_id: str, request_id: RequestId) -> str | None:
        """The job that this request waits for, wherever it does; None once it is answered. Redis errors pass on."""
        state = await self._redis.get(request_key(owner, session_id, request_id))
        if state is None:
            return None
        about, ended = await self._redis.hmget(state, "about", "ended")
        return None if about is None or ended is not None else decode_about(about).job_id

    def reader(self, owner: Owner, session_id: str, last_event_id: str) -> LogReader | None:
        """A reader from this event on; None for what is no event id."""
        found = parse_event_id(last_event_id)
        if found is None:
            return None
        name, position = found
        keys = stream_keys(owner, session_id, name)
        return LogReader(
            self._redis, self._scripts, keys, self.pulse, name=name, position=position, idle_seconds=self.idle_seconds
        )

    def hand_over(self) -> None:
        """The end of the drain is near."""
        self.is_handed_over = True
        for wake in self.wakes:
            wake.set()

    async def stop(self) -> None:
        """Nothing is written here any more."""
        await self.pulse.stop()
