"""Upstreams that mean harm: endless answers are left in time and never held, and none leads to where it may not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from resource import getpagesize
from time import monotonic
from typing import Any

import msgspec
import pytest

from egress.addresses import Address
from egress.errors import REFUSED
from mcp_runtime.calls.results import ERROR_META, ToolResult
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.upstreams.reader import BlockingReader
from mcp_runtime.upstreams.upstreams import Upstreams
from tests.egress.hostile_corpus import hostile
from tests.egress.outside import PUBLIC, Outside
from tests.mcp_runtime.upstreams.conftest import Begin, Line, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted
from tests.mcp_runtime.upstreams.world import Fakes, World, upstream_spec

pytestmark = pytest.mark.anyio

Way = Callable[[Asked], Awaitable[None]]

DEADLINE = 0.5
PIECE = b"a" * 65_536


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


def as_long_as_anybody_listens(way: Way) -> Way:
    async def until_gone(asked: Asked) -> None:
        saying = asyncio.create_task(way(asked))
        await asked.until_gone()
        saying.cancel()

    return until_gone


async def say(asked: Asked, body: bytes) -> None:
    await asyncio.sleep(0)
    await asked.send({"type": "http.response.body", "body": body, "more_body": True})


async def begin(asked: Asked, media_type: str) -> None:
    headers = [(b"content-type", media_type.encode())]
    await asked.send({"type": "http.response.start", "status": 200, "headers": headers})


async def ten_gigabytes(asked: Asked) -> None:
    await begin(asked, "application/json")
    for _ in range(160 * 1024):
        await say(asked, PIECE)


async def one_endless_event(asked: Asked) -> None:
    await asked.stream()
    await say(asked, b"data: ")
    for _ in range(160 * 1024):
        await say(asked, PIECE)


async def endless_lines_of_one_event(asked: Asked) -> None:
    await asked.stream()
    for _ in range(160 * 1024):
        await say(asked, b"data: " + PIECE + b"\n")


def event(message: Any) -> bytes:
    return b"data: " + msgspec.json.encode(message) + b"\n\n"


async def progress_for_ever(asked: Asked) -> None:
    await asked.stream()
    number = 0
    while True:
        number += 1
        params = {"progressToken": 1, "progress": number, "message": "x" * 1_000}
        await say(asked, event({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}))


async def questions_for_ever(asked: Asked) -> None:
    await asked.stream()
    for number in range(1_000_000):
        await say(asked, event({"jsonrpc": "2.0", "id": number, "method": "ping"}))


async def a_drip(asked: Asked) -> None:
    await asked.stream()
    while True:
        await say(asked, b":\n")
        await asyncio.sleep(0.02)  # the pace of the drip


async def silence(asked: Asked) -> None:
    await asyncio.Event().wait()


async def definitions_for_ever(asked: Asked) -> None:
    tools = [{"name": "act", "inputSchema": {}, "description": "x" * 60_000}]
    await asked.result({"resultType": "complete", "tools": tools, "nextCursor": str(monotonic())})


ENDLESS = {
    each.__name__: as_long_as_anybody_listens(each)
    for each in (
        ten_gigabytes,
        one_endless_event,
        endless_lines_of_one_event,
        progress_for_ever,
        questions_for_ever,
        a_drip,
        silence,
    )
}


async def left(up: Line, **changes: Any) -> ToolResult | None:
    """What a call gives in its time; None where it had to be left."""
    began, before = monotonic(), resident()
    try:
        async with asyncio.timeout(DEADLINE):
            return await up.call(**changes)
    except TimeoutError:
        return None
    finally:
        assert monotonic() - began < DEADLINE + 1
        assert resident() - before < 50 * 1024 * 1024


@pytest.mark.parametrize("is_modern", [True, False])
@pytest.mark.parametrize("way", ENDLESS)
async def test_an_answer_without_end_is_left_in_time_and_never_held(line: Begin, way: str, is_modern: bool) -> None:
    up = await line(Scripted(is_modern=is_modern, call=ENDLESS[way]))
    result = await left(up)
    assert result is None or kind(result) in ("upstream_too_large", "upstream_protocol", "upstream_unreachable")


async def test_a_list_without_end_is_left(line: Begin) -> None:
    up = await line(Scripted(others={"tools/list": definitions_for_ever}))
    result = await left(up)
    assert result is None or kind(result) == "upstream_too_large"


async def test_one_that_hangs_keeps_nobody_else_waiting(line: Begin) -> None:
    slow, quick = await line(Scripted(call=silence)), await line()
    hanging = asyncio.create_task(left(slow))
    assert not (await quick.call()).is_error
    assert await hanging is None


def reaching(url: str, answer: Sequence[Address]) -> tuple[Outside, Line]:
    class Switched:
        async def resolve(self, name: str) -> Sequence[Address]:
            return answer

    outside, fakes = Outside(names=Switched()), Fakes()
    door = outside.door()
    upstreams = Upstreams(door, secret=fakes.secret, accounts=fakes)
    return outside, Line(Scripted(), World(upstream_spec(url=url), door, fakes, upstreams, outside), [])


async def test_no_hostile_url_is_connected_to() -> None:
    entries = hostile()
    assert len({url for url, _ in entries}) >= 300
    for url, answer in entries:
        outside, up = reaching(url, answer)
        result = await up.call()
        assert outside.recorder.connects == [], url
        assert kind(result) == "egress_refused", url
        assert (result.meta or {})[ERROR_META]["reason"] in REFUSED


async def test_no_hostile_url_is_read_from_either() -> None:
    def read(outside: Outside, url: str) -> str:
        try:
            BlockingReader(outside.door).read(upstream_spec(url=url), {}, None)
        except UpstreamUnreachable as error:
            return error.reason
        return "read"

    for url, answer in hostile()[::9]:
        outside, _ = reaching(url, answer)
        assert await asyncio.to_thread(read, outside, url) == "refused_by_egress", url
        assert outside.recorder.connects == [], url


async def test_no_redirect_is_followed_wherever_it_leads(line: Begin) -> None:
    pending = [url for url, answer in hostile() if answer == [PUBLIC] and url.isprintable() and url.isascii()]

    async def redirects(asked: Asked) -> bool:
        await asked.answer(307, b"", location=pending[-1])
        return True

    up = await line(Scripted(before=redirects))
    asked = 0
    while pending:
        assert kind(await up.call()) == "egress_refused"
        asked += 1
        assert len(up.upstream.asked) == asked
        pending.pop()
    assert asked >= 300
    assert {str(address) for address, _ in up.world.outside.recorder.connects} == {"10.1.2.3"}


async def test_what_is_deeper_than_json_may_be_is_an_error_of_the_call(line: Begin) -> None:
    async def deep(asked: Asked) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":' + b"[" * 200_000 + b"}}"
        await asked.answer(200, body)

    up = await line(Scripted(call=deep))
    assert kind(await up.call()) == "upstream_protocol"
    assert msgspec.json.encode((await up.call()).content)
