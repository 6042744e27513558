"""The questions of one attempt, seen from its supervisor: put to the client, and answered, or not in time."""

from collections.abc import Callable, Iterable, Mapping
from math import inf
from time import monotonic
from typing import Any

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_running import JobWatch
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.jobs.frames import Answered, Asked, Dropped, Frame


class Waiting:
    """The questions that wait, and until when, in monotonic seconds: each for `patience` seconds, and all of them,
    while any of them waits, for `in_all`."""

    def __init__(self, patience: float, in_all: float) -> None:
        self._patience, self._left = patience, in_all
        self._asked: dict[str, tuple[float, float]] = {}
        self._since = 0.0

    def __bool__(self) -> bool:
        return bool(self._asked)

    @property
    def ends_at(self) -> float:
        """When the first of them has waited for too long."""
        return min((until for _, until in self._asked.values()), default=inf)

    def add(self, key: str) -> None:
        """It waits from now on."""
        now = monotonic()
        self._since = self._since if self._asked else now
        self._asked[key] = (now, min(now + self._patience, self._since + self._left))

    def remove(self, key: str) -> bool:
        """It waits no more; False where it did not."""
        is_known = self._asked.pop(key, None) is not None
        if is_known and not self._asked:
            self._left -= monotonic() - self._since
        return is_known

    def overdue(self) -> dict[str, float]:
        """Those that have waited for too long, and how many seconds that was."""
        now = monotonic()
        return {key: max(0.0, until - asked) for key, (asked, until) in self._asked.items() if now >= until}


class Inquiry:
    """`tell` tells the runner. `again` is after how many seconds to try again where the record can't be asked."""

    def __init__(self, watch: JobWatch, tell: Callable[[Frame], None], waiting: Waiting, again: float) -> None:
        self._watch, self._tell, self._waiting, self._again = watch, tell, waiting, again
        self._asked: dict[str, InputRequest] = {}
        self._dropped: set[str] = set()
        self._writes_at = inf

    @property
    def is_waiting(self) -> bool:
        """Whether the tool waits for an answer."""
        return bool(self._waiting)

    @property
    def looks_at(self) -> float:
        """When `look` is to be called, in monotonic seconds."""
        return min(self._writes_at, self._waiting.ends_at)

    def hear(self, frames: Iterable[Frame]) -> None:
        """Take the questions that have come, and those that are asked no more."""
        for frame in frames:
            if isinstance(frame, Asked):
                self._waiting.add(frame.key)
                self._asked[frame.key] = frame.request
                self._writes_at = 0.0
            elif isinstance(frame, Dropped):
                self._drop(frame.key)

    def look(self) -> None:
        """Do what is due: write down what has changed, and wait no longer for what nobody has answered."""
        for key, seconds in self._waiting.overdue().items():
            within = f"within {round(seconds, 1):g} s"
            problem = f"Nobody answered {within} what the tool asked. Call it again to be asked anew."
            self._tell(Answered(key, problem=problem))
            self._drop(key)
        if monotonic() >= self._writes_at:
            self._write()

    def answer(self, answers: Mapping[str, dict[str, Any]]) -> None:
        """Hand over the answers that the tool waits for."""
        for key, answer in answers.items():
            if self._waiting.remove(key):
                self._asked.pop(key, None)
                self._tell(Answered(key, answer))

    def _drop(self, key: str) -> None:
        if self._waiting.remove(key) and self._asked.pop(key, None) is None:
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
