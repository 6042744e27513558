"""What a tool has said so far: told at once to whoever listens, and kept until it is written down."""

from collections.abc import Callable, Iterable
from typing import Final

from mcp_runtime.contract.jobs import JobEvent
from mcp_runtime.jobs.frames import Frame, Said

LINES_AT_MOST: Final = 10_000
"""Log messages of one attempt; a tool that reports without end must not fill the database."""


class Saying:
    """The events of one attempt. Progress only ever grows, also over what earlier attempts have said."""

    def __init__(self, highest: float | None, publish: Callable[[JobEvent], None]) -> None:
        self._highest, self._publish = highest, publish
        self._progress: JobEvent | None = None
        self._lines: list[JobEvent] = []
        self._lines_left = LINES_AT_MOST

    def hear(self, frames: Iterable[Frame]) -> bool:
        """Tell what has come at once; of several values of progress, the last. True where something is to be written
        down."""
        progress: JobEvent | None = None
        for frame in frames:
            if not isinstance(frame, Said):
                continue
            event = frame.event
            if event.kind != "progress":
                self._hear_line(event)
            elif self._highest is None or event.progress > self._highest:
                self._highest, progress = event.progress, event
        if progress is not None:
            self._progress = progress
            self._publish(progress)
        return self._progress is not None or bool(self._lines)

    def _hear_line(self, event: JobEvent) -> None:
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
