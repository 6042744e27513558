"""What clients will ask for in a run: made ahead from the seed, so that the same seed asks for the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

STYLES: Final = {"detached": 5, "held": 5, "forgotten": 2}
"""How a client asks: for the job's name at once, following it then; on a stream until the end; for the name alone."""

TOOLS: Final = {"ship": 45, "reserve": 20, "count": 22, "refuse": 9, "nap": 3, "drill": 1}
LEFT_AT_FIRST_PROGRESS: Final = {"count": 0.15, "drill": 0.8}
"""The share of calls that their client cancels when it hears of the first progress."""

LONGEST_WORK: Final = {"count": 1.5}
SHORT_WORK: Final = 0.4


@dataclass(frozen=True, slots=True)
class Order:
    """One call. `name` is its idempotency key. `due` is when it is asked for, in seconds from the beginning."""

    name: str
    company: int
    tool: str
    work: float
    style: str
    is_modern: bool
    due: float


def orders_made(seed: int, *, jobs: int, within: float, companies: int) -> Sequence[Order]:
    """So many orders, spread evenly over so many seconds."""
    random = Random(f"orders {seed}")  # noqa: S311 - repeatable on purpose
    return [_order(random, number, within * number / jobs, companies) for number in range(jobs)]


def _order(random: Random, number: int, due: float, companies: int) -> Order:
    (tool,) = random.choices(list(TOOLS), list(TOOLS.values()))
    (style,) = random.choices(list(STYLES), list(STYLES.values()))
    if random.random() < LEFT_AT_FIRST_PROGRESS.get(tool, 0):
        style = "cancelled"
    return Order(
        name=f"order-{number}",
        company=random.randrange(companies),
        tool=tool,
        work=round(random.uniform(0, LONGEST_WORK.get(tool, SHORT_WORK)), 3),
        style=style,
        is_modern=random.random() < 0.5,
        due=due,
    )
