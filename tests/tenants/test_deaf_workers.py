"""When a worker counts as deaf: there is work, it is idle, the broker is there, and it has heard nothing of it."""

from typing import Any

import pytest

from tenants.jobs.watchdog import Watchdog
from tests.fixtures.cast import Person
from tests.tenants.jobs import ask, claim


class Worker:
    """What a watchdog asks of its worker."""

    def __init__(self) -> None:
        self.is_idle, self.bells = True, 0

    def watchdog(self, patience: float = 0.0) -> Watchdog:
        return Watchdog(patience=patience, has_idle=lambda: self.is_idle, bells=lambda: self.bells, end=lambda: None)


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_one_that_hears_nothing_of_a_job_is_deaf_and_was_rung_for(ada: Person, worker: Worker, store: Any) -> None:
    ask(ada)
    store.delete("tools")
    assert worker.watchdog().is_deaf()
    assert store.llen("tools") == 1


def test_its_patience_has_to_be_over(ada: Person, worker: Worker, store: Any) -> None:
    ask(ada)
    assert not worker.watchdog(patience=60).is_deaf()


def test_without_work_nobody_is_deaf(ada: Person, worker: Worker, store: Any) -> None:
    assert not worker.watchdog().is_deaf()
    ask(ada)
    claim()
    assert not worker.watchdog().is_deaf()


def test_a_busy_worker_is_not(ada: Person, worker: Worker, store: Any) -> None:
    ask(ada)
    worker.is_idle = False
    assert not worker.watchdog().is_deaf()


def test_nobody_is_deaf_while_the_broker_is_away(ada: Person, worker: Worker) -> None:
    ask(ada)
    assert not worker.watchdog().is_deaf()
