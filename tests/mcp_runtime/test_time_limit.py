"""A time limit holds for work that waits, and costs nothing for work that does not."""

import asyncio
from contextlib import suppress

import pytest

from mcp_runtime.calls.time_limit import Clock, within

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def give(value: str) -> str:
    return value


async def fail() -> None:
    raise LookupError("gone")


async def test_what_is_done_at_once_comes_back_at_once() -> None:
    assert await within(0, give("now")) == "now"
    with pytest.raises(LookupError, match="gone"):
        await within(0, fail())


async def test_what_waits_is_waited_for_step_by_step() -> None:
    steps: list[str] = []

    async def work() -> str:
        for step in ("one", "two", "three"):
            await asyncio.sleep(0)
            steps.append(await asyncio.wait_for(give(step), 5))
        async with asyncio.timeout(5):
            await asyncio.get_running_loop().run_in_executor(None, steps.append, "four")
        return "done"

    assert await within(30, work()) == "done"
    assert steps == ["one", "two", "three", "four"]


async def test_an_error_after_waiting_comes_out() -> None:
    async def work() -> None:
        with suppress(KeyError):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_exception, KeyError("inside"))
            await future
        await asyncio.sleep(0)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await within(30, work())


async def test_work_that_takes_too_long_is_cancelled_and_may_tidy_up() -> None:
    tidied = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.set()

    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert tidied.is_set()


@pytest.mark.parametrize("waits_before", [0, 1])
async def test_cancelling_the_waiter_cancels_the_work(waits_before: int) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        for _ in range(waits_before):
            await asyncio.sleep(0)
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    task = asyncio.ensure_future(within(30, work()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.is_set()


async def test_a_clock_that_is_stopped_lets_no_time_pass() -> None:
    clock, loop = Clock(), asyncio.get_running_loop()
    is_over = loop.create_future()

    async def ask() -> None:
        with clock.stopped():
            await is_over

    async def work() -> str:
        with clock.stopped():  # from its first step on, and twice at once
            await asyncio.gather(ask(), asyncio.shield(is_over))
        return "done"

    loop.call_later(0.05, is_over.set_result, None)
    assert await within(0.04, work(), clock) == "done"


async def test_a_clock_goes_on_where_it_was_stopped() -> None:
    clock = Clock()

    async def work() -> None:
        await asyncio.sleep(0)
        for _ in range(2):
            with clock.stopped():
                await asyncio.sleep(0)
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await within(0.01, work(), clock)
    with clock.stopped():  # by whom nobody waits for any more
        await asyncio.sleep(0)


async def test_who_is_late_may_still_stop_the_clock() -> None:
    clock = Clock()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with clock.stopped():
                await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await within(0.01, work(), clock)
