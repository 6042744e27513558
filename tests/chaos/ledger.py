"""What clients were told. An acknowledgement is written down before anything else happens."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from time import time

from tests.chaos.evidence import Acknowledgement, Answer


class Ledger:
    """Kept in memory and, line by line, in a file. `trouble` counts what clients met on the way, by its name."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)
        self.acknowledgements: list[Acknowledgement] = []
        self.answers: list[Answer] = []
        self.progress_heard: list[tuple[str, list[float]]] = []
        self.unexpected: list[tuple[str, str]] = []
        self.trouble: Counter[str] = Counter()
        self.unanswered: list[str] = []

    def acknowledge(self, order: str, job_id: str) -> None:
        """The client was told that this order is that job."""
        self.acknowledgements.append(Acknowledgement(order, job_id, time()))
        self._write(asdict(self.acknowledgements[-1]))

    def answer(self, job_id: str, state: str, text: str) -> None:
        """The client was told how that job ended."""
        self.answers.append(Answer(job_id, state, text, time()))
        self._write(asdict(self.answers[-1]))

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()

    def _write(self, entry: dict[str, object]) -> None:
        self._file.write(json.dumps(entry) + "\n")
