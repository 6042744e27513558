"""The order of the blows of a run: made ahead from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

EACH: Final[Mapping[str, int]] = {
    "pool child": 24,
    "worker": 14,
    "runner": 20,
    "runtime": 20,
    "reaper": 12,
    "beat": 6,
    "store": 8,
    "database": 6,
    "flushall": 6,
}
"""What is struck, and how often in comparison. `reaper` is the housekeeping worker, `flushall` empties the store."""

NO_KILL: Final = frozenset({"flushall"})
NO_LATER: Final = frozenset({"pool child", "worker"})
"""What is struck in the first part of a short run, so that leases run out within it."""


@dataclass(frozen=True, slots=True)
class Blow:
    """At so many seconds from the beginning, strike one of these; `choice` says which, `pause` how long the database is
    away."""

    at: float
    target: str
    choice: float
    pause: float


def blows_made(
    seed: int, *, kills: int, within: float, each: Mapping[str, int] = EACH, leases_end: bool = False
) -> Sequence[Blow]:
    """Blows at random moments, of which so many are kills: every target in its share, none forgotten."""
    if kills == 0:
        return []
    random = Random(f"nemesis {seed}")  # noqa: S311 - repeatable on purpose
    killed = sum(share for target, share in each.items() if target not in NO_KILL)
    targets = [target for target, share in each.items() for _ in range(max(1, round(share * kills / killed)))]
    while sum(target not in NO_KILL for target in targets) < kills:
        targets.append(random.choice([target for target in each if target not in NO_KILL]))
    random.shuffle(targets)
    if leases_end:
        targets.sort(key=lambda target: target not in NO_LATER)
    gap = within / len(targets)
    return [
        Blow(gap * (number + random.random()), target, random.random(), random.uniform(0.2, 2.0))
        for number, target in enumerate(targets)
    ]
