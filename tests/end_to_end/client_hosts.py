"""Processes with other people's clients, spoken with line by line: JSON to them, and JSON back."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, Final

from tests.fixtures.node import NODE_FOLDER
from tests.repository import PYTHON_PATH, ROOT

PYTHON: Final = "python"
Message = dict[str, Any]


class LineHost:
    """One such process. What it says lands in the inbox that `addressed_by` of the message names."""

    addressed_by: str

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._inboxes: dict[Any, Queue[Message]] = {}
        Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _send(self, command: Message) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            message = json.loads(line)
            self._inboxes[message.pop(self.addressed_by)].put(message)


@contextmanager
def spoken_with(sdk: str, command: Sequence[str], log: Path) -> Iterator["subprocess.Popen[str]"]:
    """The process of an SDK's clients; what it complains of goes to the log. It is killed at the end."""
    with (
        log.open("wb") as complaints,
        subprocess.Popen(
            command,
            cwd=ROOT if sdk == PYTHON else NODE_FOLDER,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": PYTHON_PATH},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
