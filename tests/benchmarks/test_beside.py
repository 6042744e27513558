"""What is left out of the runtime without guards is left out there alone; two replicas are judged by what both used."""

from dataclasses import replace

from benchmarks.beside import Replicas, cpu_of
from benchmarks.measurement import Figure, Measurement
from tests.benchmarks.test_figures import RUN


def test_two_replicas_are_judged_by_what_both_used() -> None:
    slow, fast = replace(RUN, cpu=0.004), replace(RUN, cpu=0.002)
    assert cpu_of((slow, fast)) == 30
    assert cpu_of((replace(slow, answered=300), fast)) == 15
    found = Replicas([fast, slow], [(slow, fast), (slow, fast)], (slow, fast), audited=800)
    assert found.ratio() == Figure(1.125, 0.75, 1.5)
    assert sum(run.sent for run in found.runs) == 800


def test_what_guards_add_is_taken_within_a_round() -> None:
    runs = {("Atrium", 32): [replace(RUN, cpu=0.003), replace(RUN, cpu=0.006)], ("unguarded", 32): [RUN, RUN]}
    added = Measurement(runs).difference("Atrium", "unguarded", 32, lambda run: run.cpu_microseconds)
    assert added == Figure(25, 10, 40)
