"""What Atrium is compared with that is Atrium: one without its guards, and two replicas where there was one.

Both share the stores of the first runtime. All of them are kept on the server's core, and are measured in turn.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Final

from benchmarks.audit_counter import audit_events, settled
from benchmarks.calls import COUNT, is_right_answer
from benchmarks.load import Run, run
from benchmarks.measurement import CONNECTIONS, Figure, Measurement, measure
from benchmarks.rehearsal import Rehearsed, rehearse
from benchmarks.targets import Target, atrium, beside

REPLICA: Final = ("-m", "control_plane.serve", "runtime", "--port")
UNGUARDED: Final = ("-m", "benchmarks.servers.unguarded")
MANY: Final = max(CONNECTIONS)
SETTLE_SECONDS: Final = 2.0
"""Longer than events wait to be counted."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """The runs of each round: all connections with one replica; half of them with each of two, at the same time."""

    one: list[Run]
    two: list[tuple[Run, ...]]
    warm_up: tuple[Run, ...]
    audited: int

    @property
    def runs(self) -> list[Run]:
        """All of them."""
        return [*self.warm_up, *self.one, *(each for pair in self.two for each in pair)]

    def ratio(self) -> Figure:
        """CPU per call of two over that of one, round by round."""
        return Figure.of([cpu_of(pair) / cpu_of((one,)) for one, pair in zip(self.one, self.two, strict=True)])


def cpu_of(runs: tuple[Run, ...]) -> float:
    """Microseconds of all replicas together, for each call that any of them answered."""
    return sum(each.cpu for each in runs) / sum(each.answered for each in runs) * 1e6


def measure_guards(rounds: int, seconds: int) -> Measurement:
    """Atrium, and Atrium without its guards. Raises TargetFailed, LoadFailed, WrongAnswer."""
    with _both("unguarded", UNGUARDED) as targets:
        return measure(targets, rounds, seconds)


def measure_replicas(rounds: int, seconds: int) -> Replicas:
    """One replica and two. Raises TargetFailed, LoadFailed, CounterMissing, WrongAnswer."""
    with _both("replica", REPLICA) as targets, ThreadPoolExecutor(2) as together:
        first, *_ = targets
        before = sum(settled(target, 2 * COUNT) for target in targets)

        def on_each() -> tuple[Run, ...]:
            return tuple(together.map(lambda each: run(each, targets[each], MANY // 2, seconds), targets))

        warm_up, one, two = on_each(), [], []
        for number in range(rounds):
            if number % 2:
                two.append(on_each())
            one.append(run(first, targets[first], MANY, seconds))
            if number % 2 == 0:
                two.append(on_each())
        return Replicas(one, two, warm_up, _audited(list(targets)) - before)


def _audited(targets: list[Target]) -> int:
    """The audit counters together, once they have stood still: nothing is called any more."""
    total = -1
    while (now := sum(audit_events(target) for target in targets)) != total:
        total = now
        sleep(SETTLE_SECONDS)
    return total


def guards_table(measurement: Measurement) -> str:
    """What the guards cost, in Markdown."""
    lines = ["| connections | CPU µs per call, guarded | without | added µs | times | first step | goal |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for connections in CONNECTIONS:
        figures = (
            measurement.figure("Atrium", connections, lambda run: run.cpu_microseconds),
            measurement.figure("unguarded", connections, lambda run: run.cpu_microseconds),
            measurement.difference("Atrium", "unguarded", connections, lambda run: run.cpu_microseconds),
        )
        times = measurement.ratio("Atrium", "unguarded", connections, lambda run: run.cpu_microseconds)
        lines.append(f"| {connections} | {' | '.join(map(_shown, figures))} | {_shown(times, 2)}× | ≤ 12 | ≤ 5 |")
    return "\n".join(lines)


def replicas_table(found: Replicas) -> str:
    """What a second replica costs, in Markdown."""
    one, two = Figure.of([cpu_of((each,)) for each in found.one]), Figure.of([cpu_of(pair) for pair in found.two])
    head = "| connections | CPU µs per call, one replica | two | times | first step | goal |"
    row = f"| {MANY} | {_shown(one)} | {_shown(two)} | {_shown(found.ratio(), 2)}× | ≤ 1.15× | ≤ 1.05× |"
    return "\n".join([head, "|---|---|---|---|---|---|", row])


def _shown(figure: Figure, places: int = 1) -> str:
    return f"{figure.median:.{places}f} ({figure.lowest:.{places}f}–{figure.highest:.{places}f})"


@contextmanager
def _both(name: str, program: tuple[str, ...]) -> Iterator[dict[Target, Rehearsed]]:
    with TemporaryDirectory() as place:
        folder = Path(place)
        with (
            atrium(folder / "atrium.log") as ours,
            beside(ours, name, program, folder / f"{name}.log") as other,
        ):
            yield {each: rehearse(each, is_right_answer, folder / f"{each.name}.lua") for each in (ours, other)}
