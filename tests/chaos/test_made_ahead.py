"""A seed says everything: what is asked for, what is struck, and when."""

from collections import Counter

from tests.chaos.nemesis import EACH, NO_KILL, NO_LATER, blows_made
from tests.chaos.orders import STYLES, TOOLS, orders_made
from tests.chaos.toolkit import PROMISES, toolkit


def test_the_same_seed_makes_the_same_run_and_another_one_another() -> None:
    assert blows_made(7, kills=20, within=60) == blows_made(7, kills=20, within=60)
    assert blows_made(7, kills=20, within=60) != blows_made(8, kills=20, within=60)
    assert orders_made(7, jobs=50, within=60, companies=3) == orders_made(7, jobs=50, within=60, companies=3)
    assert orders_made(7, jobs=50, within=60, companies=3) != orders_made(8, jobs=50, within=60, companies=3)


def test_every_target_is_struck_and_there_are_as_many_kills_as_asked_for() -> None:
    for kills in (15, 110):
        struck = Counter(blow.target for blow in blows_made(1, kills=kills, within=60))
        assert set(struck) == set(EACH)
        assert sum(times for target, times in struck.items() if target not in NO_KILL) >= kills


def test_in_a_short_run_leases_begin_to_run_out_early() -> None:
    targets = [blow.target for blow in blows_made(1, kills=15, within=30, leases_end=True)]
    first_other = next(index for index, target in enumerate(targets) if target not in NO_LATER)
    assert NO_LATER.isdisjoint(targets[first_other:])


def test_every_tool_is_asked_for_in_every_way() -> None:
    orders = orders_made(1, jobs=2_000, within=60, companies=3)
    assert {order.tool for order in orders} == set(TOOLS) == set(PROMISES)
    assert {order.style for order in orders} == {*STYLES, "cancelled"}
    assert {order.company for order in orders} == {0, 1, 2}
    assert {order.is_modern for order in orders} == {True, False}


def test_tools_are_declared_as_they_are_promised() -> None:
    declared = {tool.name: tool.annotations.idempotent_hint for tool in toolkit.definitions}
    assert declared == {name: promise.may_repeat for name, promise in PROMISES.items()}
    assert all(tool.background for tool in toolkit.definitions)
