"""What is told to end has ended afterwards, also where somebody between loses the word."""

import asyncio
import contextlib

import pytest

from mcp_runtime import ending
from mcp_runtime.ending import end_all


def test_a_task_that_lost_its_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.01)
    ended = []

    async def deaf_at_first(name: str) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async def end() -> None:
        tasks = [asyncio.create_task(deaf_at_first(name)) for name in ("a", "b")]
        await asyncio.sleep(0)
        await end_all(tasks)
        assert all(task.cancelled() for task in tasks)

    asyncio.run(end())
    assert sorted(ended) == ["a", "b"]


def test_what_tasks_raise_or_return_is_nobodys_concern_any_more(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("too late")

    async def succeed() -> str:
        return "done"

    async def end() -> None:
        tasks: list[asyncio.Future[object]] = [asyncio.ensure_future(work()) for work in (fail, succeed)]
        await asyncio.sleep(0)
        await end_all(tasks)
        assert all(task.done() for task in tasks)

    asyncio.run(end())
    assert "never retrieved" not in caplog.text
