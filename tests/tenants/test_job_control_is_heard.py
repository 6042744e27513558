"""A worker hears at once that somebody wants its job to stop."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenants.jobs.ear import ControlEar
from tenants.publishing.job_events import job_control_ring
from tests.fixtures.waiting import until

SOON = 20.0


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def ear(heard: list[str], store: Any) -> Iterator[ControlEar]:
    ear = ControlEar(heard.append)
    ear.start()
    assert ear.listens.wait(SOON)
    yield ear
    ear.close()


def test_every_job_by_its_id(ear: ControlEar, heard: list[str]) -> None:
    job_control_ring(job_id="one")
    job_control_ring(job_id="two")
    until(lambda: heard == ["one", "two"], SOON)


def test_again_after_the_connection_was_lost(ear: ControlEar, heard: list[str], store: Any) -> None:
    store.client_kill_filter(_type="pubsub")
    until(lambda: not ear.listens.is_set() or bool(heard), SOON)
    until(ear.listens.is_set, SOON)

    def is_heard() -> bool:
        job_control_ring(job_id="one")
        return "one" in heard

    until(is_heard, SOON)
