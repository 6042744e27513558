"""Keeps a process that has lost its hold from going on: what is fenced is killed when its time is up, by a thread that
waits for nothing else. A supervisor may be stuck in a question to the database just then."""

from collections.abc import Callable
from math import inf
from threading import Condition, Thread
from time import monotonic


class Fence:
    """At most one deadline at a time, in monotonic seconds."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._deadline: float | None = None
        self._wakes_at = 0.0
        self._kill: Callable[[], None] = _nothing
        self._thread: Thread | None = None
        self.has_fallen = False
        """Whether the last deadline came before it was lifted."""

    def arm(self, deadline: float, kill: Callable[[], None]) -> None:
        """Kill at the deadline, unless it is moved or lifted before."""
        with self._changed:
            self._deadline, self._kill, self.has_fallen = deadline, kill, False
            # Otherwise it wakes up in time by itself, and nothing is lost for a job that is done long before.
            if deadline < self._wakes_at:
                self._changed.notify()
        if self._thread is None:
            self._thread = Thread(target=self._watch, name="fence", daemon=True)
            self._thread.start()

    def move(self, deadline: float) -> None:
        """The hold lasts longer."""
        with self._changed:
            if self._deadline is not None:
                self._deadline = deadline

    def lift(self) -> None:
        """Nothing runs any more."""
        with self._changed:
            self._deadline, self._kill = None, _nothing

    def _watch(self) -> None:
        with self._changed:
            while True:
                left = None if self._deadline is None else self._deadline - monotonic()
                if left is None or left > 0:
                    self._wakes_at = inf if self._deadline is None else self._deadline
                    self._changed.wait(left)
                    continue
                self._deadline, self.has_fallen = None, True
                self._kill()


def _nothing() -> None:
    """There is nothing to kill."""
