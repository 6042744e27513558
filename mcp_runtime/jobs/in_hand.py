"""The one job that a runner has in hand, so that whoever hears of a change can have it looked at."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class JobInHand:
    """None, or one. `look` is for any thread."""

    def __init__(self) -> None:
        self._naming = Lock()
        self._job_id = ""
        self._wakes: socket.socket | None = None

    @contextmanager
    def held(self, job_id: str) -> Iterator[socket.socket]:
        """Around an attempt: what becomes readable when the job should be looked at."""
        hears, wakes = socket.socketpair()
        with hears, wakes:
            self._name(job_id, wakes)
            try:
                yield hears
            finally:
                self._name("", None)

    def look(self, job_id: str) -> None:
        """If this is the job, wake whoever sees it through."""
        with self._naming:
            if job_id == self._job_id and self._wakes is not None:
                self._wakes.send(b"!")

    def _name(self, job_id: str, wakes: socket.socket | None) -> None:
        with self._naming:
            self._job_id, self._wakes = job_id, wakes
