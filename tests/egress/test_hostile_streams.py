"""Answers that have no end, to tools and from upstream servers: left at the limit or the deadline, never held whole."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from resource import getpagesize
from time import monotonic

import pytest

from egress.errors import EgressError
from egress.outgoing import Outgoing, Redirects
from egress.pool import Pool
from egress.purposes import MB, Purpose
from tests.egress.conftest import Listen
from tests.egress.outside import URL, Outside, Respond, Visit, answer, caller
from tests.egress.test_hostile_answers import ANSWERS, CHUNKED, HEAD, drips, drips_headers, endless_headers, nothing

pytestmark = pytest.mark.anyio

EVENTS = HEAD + b"Content-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
DEADLINE = 0.4
PIECE = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"


async def ten_gigabytes(visit: Visit) -> None:
    await visit.say(CHUNKED)
    for _ in range(10 * 1024 * 16):
        await visit.say(PIECE)


async def ten_gigabytes_of_events(visit: Visit) -> None:
    await visit.say(EVENTS)
    for _ in range(10 * 1024 * 16):
        await visit.say(PIECE)


async def events_for_ever(visit: Visit) -> None:
    await visit.say(EVENTS)
    while True:
        await visit.say(b"8\r\ndata: 1\n\r\n")
        await asyncio.sleep(0.01)  # the pace of the stream


async def redirects_for_ever(visit: Visit) -> None:
    while True:
        await visit.say(answer(status="302 Found", Location=f"/{monotonic()}", Connection="close"))
        await visit.reader.readuntil(b"\r\n\r\n")


async def reads_nothing(visit: Visit) -> None:
    await asyncio.Event().wait()


def bomb(coding: str, window_bits: int) -> bytes:
    """Sixty-four megabytes in sixty-four kilobytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    body = b"".join(packed.compress(bytes(MB)) for _ in range(64)) + packed.flush()
    assert len(body) < 100_000
    return answer(body, Content_Encoding=coding)


ENDLESS: dict[str, tuple[Respond | bytes, set[str]]] = {
    "ten gigabytes": (ten_gigabytes, {"body_too_large", "deadline_passed"}),
    "ten gigabytes by their length": (HEAD + b"Content-Length: 10737418240\r\n\r\n", {"body_too_large"}),
    "ten gigabytes of events": (ten_gigabytes_of_events, {"deadline_passed"}),
    "events for ever": (events_for_ever, {"deadline_passed"}),
    "a drip": (drips, {"deadline_passed"}),
    "a drip of headers": (drips_headers, {"deadline_passed"}),
    "headers for ever": (endless_headers, {"bad_response"}),
    "redirects for ever": (redirects_for_ever, {"too_many_redirects", "redirected"}),
    "silence": (nothing, {"deadline_passed"}),
    "a bomb of gzip": (bomb("gzip", 31), {"inflated_too_large"}),
    "a bomb of deflate": (bomb("deflate", 15), {"inflated_too_large"}),
    "a bomb in a bomb": (
        answer(gzip.compress(gzip.compress(bytes(MB), mtime=0), mtime=0), Content_Encoding="gzip, gzip"),
        {"compressed"},
    ),
}


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


async def reason_of(outside: Outside, purpose: Purpose) -> tuple[str, int]:
    """Why an answer ended that is read piece by piece, and how much memory there was at most meanwhile."""
    most, outgoing = resident(), Outgoing(URL, redirects=Redirects.FOLLOW, deadline=DEADLINE)
    try:
        async with outside.door().open(outgoing, caller(purpose)) as came:
            async for _ in came.chunks():
                most = max(most, resident())
    except EgressError as error:
        return error.reason, most
    return "fetched", most


@pytest.mark.parametrize("purpose", [Purpose.HTTP_TOOL, Purpose.UPSTREAM_MCP])
@pytest.mark.parametrize("kind", ENDLESS)
async def test_what_has_no_end_ends_by_the_deadline_and_takes_no_memory(
    listen: Listen, kind: str, purpose: Purpose
) -> None:
    respond, reasons = ENDLESS[kind]
    outside = await listen(respond)
    outside.pool = Pool()
    before, began = resident(), monotonic()
    reason, most = await reason_of(outside, purpose)
    assert reason in reasons | ({"body_too_large"} if purpose is Purpose.HTTP_TOOL else set())
    assert monotonic() - began < DEADLINE + 1
    assert most - before < 50 * MB
    assert outside.pool.idle == 0
    assert {connection.fileno() for connection in outside.recorder.opened} == {-1}


@pytest.mark.parametrize("reason", ["bad_response", "headers_too_large"])
async def test_a_malformed_answer_is_refused_to_everybody_and_its_connection_not_kept(
    listen: Listen, reason: str
) -> None:
    for text in ANSWERS[reason]:
        outside = await listen(text)
        outside.pool = Pool()
        assert await outside.reason(caller=caller(), max_bytes=5120) == reason, text[:100]
        assert outside.pool.idle == 0, text[:100]


async def test_a_request_that_nobody_reads_ends_by_the_deadline(listen: Listen) -> None:
    async def for_ever() -> AsyncIterator[bytes]:
        while True:
            yield bytes(64 * 1024)

    outside, began = await listen(reads_nothing), monotonic()
    reason = await outside.reason(caller=caller(), method="POST", body=for_ever(), deadline=DEADLINE)
    assert reason in {"deadline_passed", "request_too_large"}
    assert monotonic() - began < DEADLINE + 1


async def test_an_event_stream_outlasts_what_other_answers_may(listen: Listen) -> None:
    """The limits of a stream count for it: more bytes than another answer may have, and none lost."""

    async def respond(visit: Visit) -> None:
        await visit.say(EVENTS)
        for _ in range(11 * 16):
            await visit.say(PIECE)
        await visit.say(b"0\r\n\r\n")

    outside = await listen(respond)
    async with outside.door().open(Outgoing(URL), caller(Purpose.UPSTREAM_MCP)) as came:
        assert sum([len(piece) async for piece in came.chunks()]) == 11 * MB
    assert await outside.reason(caller=caller()) == "body_too_large", "a tool's answer is an answer like any other"


async def test_silence_within_a_stream_ends_it(listen: Listen) -> None:
    async def respond(visit: Visit) -> None:
        await visit.say(EVENTS + b"8\r\ndata: 1\n\r\n")
        await visit.until_gone()

    outside = await listen(respond)
    assert await outside.reason(caller=caller(Purpose.UPSTREAM_MCP), idle=0.05) == "went_silent"
