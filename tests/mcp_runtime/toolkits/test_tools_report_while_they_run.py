"""Progress and log messages, from the event loop and from threads."""

import asyncio
from threading import Thread, get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.toolkits import Context, Toolkit
from mcp_runtime.toolkits.context import Cancellation, Notification, Progress
from mcp_runtime.toolkits.testing import call


def test_threads_report_on_the_loop_and_before_the_result() -> None:
    toolkit = Toolkit("sample")
    threads: set[int] = set()

    @toolkit.tool()
    def work(context: Context) -> str:
        """Work."""
        for step in range(1, 101):
            context.progress(step, 100)
        context.log("info", {"done": True}, logger="work")
        return str(get_ident())

    called = call(toolkit, "work", listen=lambda said, _: threads.add(get_ident()))
    assert [said.progress for said in called.progress] == list(range(1, 101))
    assert [(said.level, said.data, said.logger) for said in called.logs] == [("info", {"done": True}, "work")]
    assert threads == {get_ident()}
    assert called.text != str(get_ident())


@pytest.mark.must("MUST-24.2")
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5)))
def test_progress_only_ever_grows(values: list[float]) -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    async def work(context: Context) -> None:
        """Work."""
        for value in values:
            context.progress(value)

    seen = [said.progress for said in call(toolkit, "work").progress]
    assert seen == sorted(set(seen))
    assert seen == [value for place, value in enumerate(values) if all(value > earlier for earlier in values[:place])]


def test_progress_stays_in_order_when_several_threads_report() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    def work(context: Context) -> None:
        """Work."""
        threads = [Thread(target=lambda: [context.progress(step) for step in range(200)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [said.progress for said in call(toolkit, "work").progress] == list(range(200))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_progress_is_a_number(wrong: float) -> None:
    async def report() -> None:
        Context(emit=print, cancellation=Cancellation(), tenant="", principal="", call_id="").progress(wrong)

    with pytest.raises(ValueError, match="finite"):
        asyncio.run(report())


def test_a_log_message_has_a_known_level_and_json_data() -> None:
    async def report(level: str, data: object) -> None:
        Context(emit=print, cancellation=Cancellation(), tenant="", principal="", call_id="").log(level, data)

    with pytest.raises(ValueError, match="use one of debug, info"):
        asyncio.run(report("loud", "x"))
    with pytest.raises(TypeError):
        asyncio.run(report("info", object()))


@pytest.mark.must("MUST-24.3")
def test_nothing_is_said_after_the_end() -> None:
    said: list[Notification] = []

    async def life() -> None:
        cancellation = Cancellation()
        first = Context(emit=said.append, cancellation=Cancellation(), tenant="", principal="", call_id="")
        second = Context(emit=said.append, cancellation=cancellation, tenant="", principal="", call_id="")
        first.progress(1)
        first.close()
        first.progress(2)
        first.log("info", "late")
        cancellation.set("gone")
        second.progress(1)

    asyncio.run(life())
    assert said == [Progress(1)]


def test_a_thread_that_outlives_the_loop_reports_to_nobody() -> None:
    said: list[Notification] = []

    async def make() -> Context:
        return Context(emit=said.append, cancellation=Cancellation(), tenant="", principal="", call_id="")

    context = asyncio.run(make())
    thread = Thread(target=context.progress, args=(1,))
    thread.start()
    thread.join()
    assert said == []
