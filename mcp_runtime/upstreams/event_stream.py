"""Server-sent events as they come, each within a size (HTML Living Standard, 9.2.6)."""

from collections.abc import AsyncIterator
from typing import Final

from msgspec import Struct

LARGEST_EVENT: Final = 4 * 1024 * 1024
MOST_DIGITS: Final = 9


class EventTooLarge(Exception):  # noqa: N818 - reads as what happened
    """One event is larger than any may be."""


class Event(Struct):
    """One event: its lines of data, joined. `id` is the last that was named; None where none was."""

    data: bytes
    id: str | None


class EventReader:
    """Reads one stream. `last_id` and `retry_ms` are what it last said of coming back."""

    def __init__(self, largest: int = LARGEST_EVENT, last_id: str | None = None) -> None:
        self._largest = largest
        self._pieces: list[bytes] = []
        self._data: list[bytes] = []
        self._size = 0
        self._after_return = False
        self.last_id = last_id
        self.retry_ms: int | None = None

    async def events(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
        """The events that have data. Raises EventTooLarge, and whatever reading raises."""
        async for chunk in chunks:
            for line in self._lines(chunk):
                event = self._take(line)
                if event is not None:
                    yield event

    def _lines(self, chunk: bytes) -> list[bytes]:
        """The lines that end in it; what follows the last end is kept."""
        if self._after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_return = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *others = chunk.split(b"\n")
        self._pieces.append(first)
        self._grow(len(first))
        if not others:
            return []
        lines = [b"".join(self._pieces), *others[:-1]]
        self._pieces = [others[-1]]
        self._grow(len(others[-1]))
        return lines

    def _grow(self, by: int) -> None:
        self._size += by
        if self._size > self._largest:
            raise EventTooLarge

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._grow(len(value))
        elif name == b"id" and b"\0" not in value:
            self.last_id = value.decode(errors="replace")
        elif name == b"retry" and value.isdigit() and len(value) <= MOST_DIGITS:
            self.retry_ms = int(value)
        return None

    def _dispatch(self) -> Event | None:
        data, self._data = b"\n".join(self._data), []
        self._size = sum(map(len, self._pieces))
        return Event(data, self.last_id) if data else None
