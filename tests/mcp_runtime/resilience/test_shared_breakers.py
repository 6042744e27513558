"""What one replica finds out of an upstream, the others need not; without the store each finds out by itself."""

import pytest
import redis.asyncio as redis

from mcp_runtime.contract.breakers import breakers_key
from mcp_runtime.resilience.breaker import NotNow, Permit
from mcp_runtime.resilience.breakers import Breakers
from mcp_runtime.resilience.outcomes import WELL, Unwell
from mcp_runtime.resilience.targets import Target
from tests.mcp_runtime.resilience.conftest import ACMES, GLOBEXS, Clock, Pair

pytestmark = pytest.mark.anyio


async def admitted(breakers: Breakers, target: Target = ACMES) -> Permit:
    permit = await breakers.admit(target)
    assert isinstance(permit, Permit)
    return permit


async def opened(breakers: Breakers, target: Target = ACMES) -> None:
    for _ in range(5):
        breakers.settle(target, await admitted(breakers, target), Unwell("no_connection"))


async def test_what_one_has_opened_is_open_for_all_and_for_no_other_tenant(pair: Pair) -> None:
    await admitted(pair.second)
    await opened(pair.first)
    await pair.deliver()
    for breakers in (pair.first, pair.second):
        assert isinstance(await breakers.admit(ACMES), NotNow)
        assert breakers.reason(ACMES) == "no_connection"
        await admitted(breakers, GLOBEXS)
    assert await pair.redis.hgetall(breakers_key(GLOBEXS.tenant_id)) == {}


async def test_a_replica_that_comes_later_looks_once(pair: Pair) -> None:
    await opened(pair.first)
    await pair.first.stop()
    assert isinstance(await pair.second.admit(ACMES), NotNow)


async def test_one_replica_tries_and_all_go_on_once_it_is_well(pair: Pair) -> None:
    await admitted(pair.second)
    await opened(pair.first)
    await pair.deliver()
    pair.clock.now += 6
    trying = await admitted(pair.second)
    assert trying.is_probe
    assert isinstance(await pair.first.admit(ACMES), NotNow)
    pair.second.settle(ACMES, trying, WELL)
    await pair.deliver()
    for breakers in (pair.first, pair.second):
        assert not (await admitted(breakers)).is_probe
    assert await pair.redis.hgetall(breakers_key(ACMES.tenant_id)) == {}


async def test_a_try_that_tells_nothing_leaves_the_next_one_to_another(pair: Pair) -> None:
    await admitted(pair.second)
    await opened(pair.first)
    await pair.deliver()
    pair.clock.now += 6
    pair.first.settle(ACMES, await admitted(pair.first), None)
    await pair.first.stop()
    assert (await admitted(pair.second)).is_probe


async def test_without_the_store_each_counts_for_itself() -> None:
    clock = Clock()
    gone = redis.Redis.from_url("redis://127.0.0.1:1")
    alone = Breakers(gone, "alone", clock=clock)
    await opened(alone)
    assert isinstance(await alone.admit(ACMES), NotNow)
    clock.now += 6
    alone.settle(ACMES, await admitted(alone), WELL)
    assert not (await admitted(alone)).is_probe
    await alone.stop()
    await gone.aclose()


async def test_a_warm_call_asks_the_store_nothing(pair: Pair) -> None:
    await admitted(pair.first)
    before = (await pair.redis.info("stats"))["total_commands_processed"]
    for _ in range(50):
        pair.first.settle(ACMES, await admitted(pair.first), WELL)
    assert (await pair.redis.info("stats"))["total_commands_processed"] - before <= 2
