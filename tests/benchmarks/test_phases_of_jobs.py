"""Where the time of a job goes is told by the clocks of all who take part in it."""

import pytest

from benchmarks.background import PHASES, Background, background_table, phases_of
from benchmarks.measurement import Figure
from benchmarks.streamed_call import Answer

STEPS = {"structuredContent": {"began": 10.004, "ended": 10.007}}


def test_phases_add_up_to_the_whole_call() -> None:
    answer = Answer(STEPS, 3, sent=10.0, answered=10.02)
    found = phases_of(answer, created=10.001, started=10.003, ended=10.012)
    assert found == pytest.approx([1, 2, 1, 3, 5, 8], abs=1e-3)
    assert len(found) == len(PHASES)
    assert sum(found) == pytest.approx(answer.milliseconds)


def test_the_table_has_a_row_per_database_and_a_column_per_database() -> None:
    one = Figure(1, 1, 1)
    table = background_table([Background(name, one, one, one, 9, (1.0,) * len(PHASES)) for name in ("SQLite", "Other")])
    assert table.count("| SQLite |") == 2
    assert len([line for line in table.splitlines() if line.startswith("| →")]) == len(PHASES) - 1
