"""The questions of one attempt, seen from its supervisor: put to the client, and answered, or not in time."""

from collections.abc import Callable, Iterable, Mapping
from math import inf
from time import monotonic
from typing import Any

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_running import JobWatch
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.jobs.frames import Answered, Asked, Dropped, Frame


class Inquiry:
    """`patience` is how many seconds a question waits for its answer, `again` when to try again where the record can't
    be asked. `tell` tells the runner."""

    def __init__(self, watch: JobWatch, patience: float, again: float, tell: Callable[[Frame], None]) -> None:
        self._watch, self._patience, self._again, self._tell = watch, patience, again, tell
        self._waits_until: dict[str, float] = {}
        self._asked: dict[str, InputRequest] = {}
        self._dropped: set[str] = set()
        self._writes_at = inf

    @property
    def is_waiting(self) -> bool:
        """Whether the tool waits for an answer."""
        return bool(self._waits_until)

    @property
    def looks_at(self) -> float:
        """When `look` is to be called, in monotonic seconds."""
        return min(self._writes_at, *self._waits_until.values()) if self._waits_until else self._writes_at

    def hear(self, frames: Iterable[Frame]) -> None:
        """Take the questions that have come, and those that are asked no more."""
        for frame in frames:
            if isinstance(frame, Asked):
                self._waits_until[frame.key] = monotonic() + self._patience
                self._asked[frame.key] = frame.request
                self._writes_at = 0.0
            elif isinstance(frame, Dropped):
                self._drop(frame.key)

    def look(self) -> None:
        """Do what is due: write down what has changed, and wait no longer for what nobody has answered."""
        now = monotonic()
        for key in [key for key, until in self._waits_until.items() if now >= until]:
            problem = (
                f"Nobody answered within {self._patience:g} s what the tool asked. Call it again to be asked anew."
            )
            self._tell(Answered(key, problem=problem))
            self._drop(key)
        if now >= self._writes_at:
            self._write()

    def answer(self, answers: Mapping[str, dict[str, Any]]) -> None:
        """Hand over the answers that the tool waits for."""
        for key, answer in answers.items():
            if self._waits_until.pop(key, None) is not None:
                self._asked.pop(key, None)
                self._tell(Answered(key, answer))

    def _drop(self, key: str) -> None:
        if self._waits_until.pop(key, None) is not None and self._asked.pop(key, None) is None:
            self._dropped.add(key)
            self._writes_at = 0.0

    def _write(self) -> None:
        try:
            known = self._watch.ask(self._asked, self._dropped)
        except RecordUnavailable:
            self._writes_at = monotonic() + self._again
            return
        self._writes_at, self._asked, self._dropped = inf, {}, set()
        self.answer(known)
