"""What a tool has said so far: told at once to whoever listens, and kept until it is written down."""

from collections.abc import Callable, Iterable
from math import inf
from time import monotonic
from typing import Final

from mcp_runtime.contract.jobs import ANNOUNCED, JobEvent
from mcp_runtime.jobs.frames import Frame, Said

LINES_AT_MOST: Final = 10_000
"""Log messages of one attempt, and announcements; a tool that reports without end must not fill the database."""


HOLD_SECONDS: Final = 0.01
"""Progress waits so long for more of it, or for the end, which tells it as well."""


class Saying:
    """The events of one attempt. Progress only ever grows, also over what earlier attempts have said."""

    def __init__(self, highest: float | None, publish: Callable[[JobEvent], None]) -> None:
        self._highest, self._publish = highest, publish
        self._progress: JobEvent | None = None
        self._held: JobEvent | None = None
        self.tells_at = inf
        """When `tell` is to be called, in monotonic seconds."""
        self._lines: list[JobEvent] = []
        self._lines_left = self._announcements_left = LINES_AT_MOST

    def hear(self, frames: Iterable[Frame]) -> bool:
        """Take what has come. Log messages are told at once; of several values of progress, the last is told, soon.
        True where something is to be written down."""
        for frame in frames:
            if not isinstance(frame, Said):
                continue
            event = frame.event
            if event.kind == ANNOUNCED:
                self._pass_on(event)
            elif event.kind != "progress":
                self._hear_line(event)
            elif self._highest is None or event.progress > self._highest:
                self._highest, self._progress, self._held = event.progress, event, event
                self.tells_at = min(self.tells_at, monotonic() + HOLD_SECONDS)
        return self._progress is not None or bool(self._lines)

    def tell(self) -> None:
        """Tell the progress that is held."""
        held, self._held, self.tells_at = self._held, None, inf
        if held is not None:
            self._publish(held)

    def _pass_on(self, event: JobEvent) -> None:
        if self._announcements_left > 0:
            self._announcements_left -= 1
            self._publish(event)

    def _hear_line(self, event: JobEvent) -> None:
        self.tell()
        if self._lines_left > 0:
            self._lines_left -= 1
            self._lines.append(event)
            self._publish(event)

    def unwritten(self) -> list[JobEvent]:
        """What is not written down yet: log messages in order, and the last value of progress."""
        return [*self._lines, *([] if self._progress is None else [self._progress])]

    def written(self, events: list[JobEvent]) -> None:
        """These are written down."""
        del self._lines[: sum(event.kind != "progress" for event in events)]
        if self._progress in events:
            self._progress = None
