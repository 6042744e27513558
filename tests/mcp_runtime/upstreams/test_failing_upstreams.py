"""An upstream that fails, forgets, hangs up or talks nonsense: its call says so, and nothing is done twice."""

import asyncio
from typing import Any

import pytest
from anyio import fail_after

from mcp_runtime.calls.results import ERROR_META
from tests.mcp_runtime.upstreams.conftest import Begin, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text
from tests.mcp_runtime.upstreams.world import world

pytestmark = pytest.mark.anyio


async def test_a_session_that_is_forgotten_is_begun_anew_and_the_call_sent_again(line: Begin) -> None:
    up = await line(Scripted(is_modern=False))
    assert not (await up.call()).is_error
    up.upstream.sessions.clear()
    assert not (await up.call()).is_error
    assert len(up.upstream.calls()) == 3


async def test_an_upstream_that_forgets_every_session_is_not_asked_for_ever(line: Begin) -> None:
    async def forgets(asked: Asked) -> None:
        await asked.answer(404, b"")

    up = await line(Scripted(is_modern=False, call=forgets))
    with fail_after(5):
        assert kind(await up.call()) == "upstream_unreachable"
    assert len(up.upstream.calls()) == 2


@pytest.mark.parametrize("is_modern", [True, False])
async def test_a_call_that_may_have_begun_is_sent_once(line: Begin, is_modern: bool) -> None:
    async def hangs_up(asked: Asked) -> None:
        await asked.stream()
        await asked.send({"type": "http.response.body", "body": b": begun\n\n"})

    up = await line(Scripted(is_modern=is_modern, call=hangs_up))
    with fail_after(5):
        assert kind(await up.call()) == "upstream_unreachable"
    assert len(up.upstream.calls()) == 1


async def test_an_upstream_that_is_not_there_says_so() -> None:
    async with world(None) as found:
        from tests.mcp_runtime.upstreams.conftest import Line

        up = Line(Scripted(), found, [])
        result = await up.call()
    assert kind(result) == "upstream_unreachable"
    assert (result.meta or {})[ERROR_META]["reason"] == "no_connection"


NONSENSE: list[tuple[int, bytes, str]] = [
    (200, b"not json", "application/json"),
    (200, b"[]", "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1}', "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "result": 3}', "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "result": {"resultType": "new", "content": []}}', "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "result": {"content": [3]}}', "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "result": {"structuredContent": {}}}', "application/json"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "error": "no"}', "application/json"),
    (200, b"data: {\n\n", "text/event-stream"),
    (200, b"<html>", "text/html"),
    (202, b"", "application/json"),
    (418, b"", "text/plain"),
]


@pytest.mark.parametrize(("status", "body", "media_type"), NONSENSE)
async def test_nonsense_is_an_error_of_the_call(line: Begin, status: int, body: bytes, media_type: str) -> None:
    async def talks(asked: Asked) -> None:
        await asked.answer(status, body, media_type)

    up = await line(Scripted(call=talks))
    with fail_after(5):
        assert kind(await up.call()) == "upstream_protocol"


async def test_members_that_nobody_here_knows_are_passed_on(line: Begin) -> None:
    block = {"type": "hologram", "depth": 3, "_meta": {"a": 1}, "annotations": {"audience": ["user"], "new": True}}

    async def answers(asked: Asked) -> None:
        meta = {"vendor/x": [1, 2], "io.modelcontextprotocol/serverInfo": {"name": "not us"}}
        await asked.result({"resultType": "complete", "content": [block], "_meta": meta, "future": 1})

    import msgspec

    up = await line(Scripted(call=answers))
    result = await up.call()
    assert msgspec.json.decode(msgspec.json.encode(result.content)) == [block]
    assert result.meta == {"vendor/x": [1, 2]}


@pytest.mark.parametrize("is_modern", [True, False])
async def test_a_cancelled_call_is_cancelled_there(line: Begin, is_modern: bool) -> None:
    gone, begun = asyncio.Event(), asyncio.Event()

    async def waits(asked: Asked) -> None:
        await asked.stream()
        await asked.send({"type": "http.response.body", "body": b": begun\n\n", "more_body": True})
        begun.set()
        await asked.until_gone()
        gone.set()

    cancelled: list[Any] = []

    async def heard(asked: Asked) -> None:
        cancelled.append(asked.message["params"]["requestId"])
        await asked.answer(202, b"")

    up = await line(Scripted(is_modern=is_modern, call=waits, others={"notifications/cancelled": heard}))
    task = asyncio.create_task(up.call())
    with fail_after(10):
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gone.wait()
        while not is_modern and not cancelled:
            await asyncio.sleep(0)
    assert cancelled == ([] if is_modern else [up.upstream.calls()[0].message["id"]])


async def test_a_stream_that_broke_off_is_taken_up_where_it_was(line: Begin) -> None:
    async def breaks(asked: Asked) -> None:
        await asked.stream()
        await asked.send({"type": "http.response.body", "body": b"retry: 1\nid: 7\ndata:\n\n"})

    async def goes_on(asked: Asked) -> None:
        assert asked.headers["last-event-id"] == "7"
        call = up.upstream.calls()[0]
        await asked.stream()
        await asked.event(call.response(result=text("after all")), more=False)

    up = await line(Scripted(is_modern=False, call=breaks, others={"GET": goes_on}))
    with fail_after(5):
        assert not (await up.call()).is_error
    assert len(up.upstream.calls()) == 1
