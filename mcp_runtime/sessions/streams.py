"""The event logs of this replica's streams: new ones to write, and any stream's to read."""

from secrets import token_urlsafe
from typing import Any

from mcp_runtime.replica.pulse import Pulse
from mcp_runtime.sessions.log_reader import LogReader
from mcp_runtime.sessions.log_writer import LogWriter
from mcp_runtime.sessions.store import Owner
from mcp_runtime.sessions.stream_log import NAME_BYTES, Scripts, parse_event_id, stream_keys


class Streams:
    """Opens logs and finds them again. `idle_seconds`: how long a session lives, and a log that nobody touches."""

    def __init__(self, redis: Any, *, idle_seconds: int, pulse_interval: float) -> None:
        self._redis, self.idle_seconds = redis, idle_seconds
        self._scripts = Scripts(redis)
        self.pulse = Pulse(redis, pulse_interval)

    def writer(self, owner: Owner, session_id: str) -> LogWriter:
        """The writer of a new log, which is not opened yet."""
        name = token_urlsafe(NAME_BYTES)
        keys = stream_keys(owner, session_id, name)
        return LogWriter(self._scripts, keys, self.pulse, name=name, idle_seconds=self.idle_seconds)

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

    async def stop(self) -> None:
        """Nothing is written here any more."""
        await self.pulse.stop()
