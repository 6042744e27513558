"""Ratios are taken within a round, so that a slow minute of the machine slows both sides."""

from dataclasses import replace

import pytest

from benchmarks.audit_counter import CounterMissing, total
from benchmarks.load import Run
from benchmarks.measurement import Figure, Measurement

RUN = Run(
    sent=100, answered=100, wrong=0, refused=0, socket_errors=0, elapsed=1, p50=10, p99=20, cpu=0.002, elsewhere=0
)


def test_ratios_pair_the_runs_of_a_round() -> None:
    fast_then_slow = [replace(RUN, elapsed=1), replace(RUN, elapsed=2), replace(RUN, elapsed=4)]
    half_as_fast = [replace(run, elapsed=run.elapsed * 2) for run in fast_then_slow]
    measurement = Measurement({("Atrium", 32): half_as_fast, ("echo", 32): fast_then_slow})
    assert measurement.ratio("Atrium", "echo", 32, lambda run: run.per_second) == Figure(0.5, 0.5, 0.5)
    assert measurement.figure("Atrium", 32, lambda run: run.per_second) == Figure(25, 12.5, 50)


def test_a_run_knows_its_failures() -> None:
    assert RUN.failures == 0
    assert replace(RUN, answered=97, wrong=2, refused=1, socket_errors=4).failures == 10
    assert RUN.cpu_microseconds == pytest.approx(20)


def test_the_audit_counter_is_summed_over_its_labels() -> None:
    page = '# TYPE atrium_audit_events_total counter\natrium_audit_events_total{outcome="ok"} 3\n'
    assert total(page + 'atrium_audit_events_total{outcome="refused"} 2.0\natrium_audit_events_totals 9\n') == 5
    with pytest.raises(CounterMissing):
        total("atrium_calls_total 3\n")
