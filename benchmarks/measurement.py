"""Several rounds over all servers, in turn, and the figures made of them: medians, spread, ratios within a round."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import Run, run
from benchmarks.rehearsal import Rehearsed
from benchmarks.targets import Target

CONNECTIONS = (1, 32)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value over the rounds: its median, and the lowest and highest of them."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: list[float]) -> "Figure":
        return cls(median(values), min(values), max(values))


@dataclass(slots=True)
class Measurement:
    """Every run of every server: `runs[server, connections]` has one entry per round. `warm_ups` are not timed."""

    runs: dict[tuple[str, int], list[Run]] = field(default_factory=dict)
    warm_ups: dict[str, Run] = field(default_factory=dict)

    def figure(self, server: str, connections: int, value: Callable[[Run], float]) -> Figure:
        """One value of a server's runs."""
        return Figure.of([value(run) for run in self.runs[server, connections]])

    def ratio(self, server: str, other: str, connections: int, value: Callable[[Run], float]) -> Figure:
        """One value of a server over that of another, taken round by round: what slows the machine slows both."""
        pairs = zip(self.runs[server, connections], self.runs[other, connections], strict=True)
        return Figure.of([value(mine) / value(theirs) for mine, theirs in pairs])

    def difference(self, server: str, other: str, connections: int, value: Callable[[Run], float]) -> Figure:
        """One value of a server less that of another, taken round by round."""
        pairs = zip(self.runs[server, connections], self.runs[other, connections], strict=True)
        return Figure.of([value(mine) - value(theirs) for mine, theirs in pairs])

    def all_runs(self, server: str) -> list[Run]:
        """The timed runs of a server and its warm-up."""
        timed = [run for (name, _), runs in self.runs.items() if name == server for run in runs]
        return [self.warm_ups[server], *timed]

    @property
    def servers(self) -> list[str]:
        return list(self.warm_ups)


def measure(targets: dict[Target, Rehearsed], rounds: int, seconds: int) -> Measurement:
    """Warm every server up, then measure them in turn; each round starts with another one. Raises LoadFailed."""
    measurement = Measurement()
    for target, rehearsed in targets.items():
        measurement.warm_ups[target.name] = run(target, rehearsed, 32, 1, threads=32)
    for number in range(rounds):
        for connections in CONNECTIONS:
            for target in _rotated(list(targets), number):
                result = run(target, targets[target], connections, seconds)
                measurement.runs.setdefault((target.name, connections), []).append(result)
    return measurement


def _rotated(targets: list[Target], by: int) -> list[Target]:
    start = by % len(targets)
    return targets[start:] + targets[:start]
