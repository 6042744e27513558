"""What the checker could not find, it would not show either. It finds an answer before its commit, a worker that writes
what is not its own any more, and lost jobs that nobody comes for."""

import asyncio

import pytest

from tests.chaos.scenarios import FAULTY, SOUND, Scenarios

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[str]]:
    """Which promises were found broken, by scenario and half of the installation."""
    scenarios = Scenarios(tmp_path_factory.mktemp("faults"))
    asyncio.run(scenarios.play())
    return scenarios.broken


@pytest.mark.parametrize(
    ("scenario", "promise"),
    [("answer", "acknowledged_job_lost"), ("fencing", "end_not_final"), ("reaper", "job_without_end")],
)
def test_a_planted_fault_is_found(scenario: str, promise: str, broken: dict[tuple[str, str], set[str]]) -> None:
    assert promise in broken[scenario, FAULTY]


@pytest.mark.parametrize("scenario", ["answer", "fencing", "reaper"])
def test_nothing_is_found_where_it_is_not_planted(scenario: str, broken: dict[tuple[str, str], set[str]]) -> None:
    assert broken[scenario, SOUND] == set()
