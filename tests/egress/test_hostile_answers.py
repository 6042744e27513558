"""Whatever a host answers, what is read stays within the limits, and the time within the deadline."""

import asyncio
import gzip
import tracemalloc
from time import monotonic

import pytest

from tests.egress.conftest import Listen
from tests.egress.outside import Outside, Visit, answer, caller

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LIMIT = 5120


def fields(count: int, size: int) -> bytes:
    return (
        HEAD
        + b"".join(b"X-%d: %s\r\n" % (number, b"a" * size) for number in range(count))
        + b"Content-Length: 0\r\n\r\n"
    )


ANSWERS = {
    "redirected": [
        answer(status="301 Moved", Location="https://other.example/"),
        answer(status="302 Found", Location="http://127.0.0.1/"),
        answer(status="303 See Other", Location="/elsewhere"),
        answer(status="307 Temporary", Location="//127.0.0.1/"),
        answer(status="308 Permanent", Location="https://169.254.169.254/"),
        answer(status="300 Choices"),
        answer(status="399 What"),
    ],
    "compressed": [
        answer(gzip.compress(b"a" * 1_000_000, mtime=0), Content_Encoding="gzip"),
        answer(Content_Encoding="br"),
        answer(Content_Encoding="zstd"),
        answer(Content_Encoding="identity, gzip"),
        HEAD + b"Content-Encoding: gzip\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
    ],
    "body_too_large": [
        answer(b"a" * (LIMIT + 1)),
        HEAD + b"Content-Length: 10000000000\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999\r\n\r\n",
        CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT + 1, b"a" * (LIMIT + 1)),
        CHUNKED + b"1;%s\r\na\r\n" % (b"x" * 8000) * 20,
    ],
    "headers_too_large": [fields(101, 1), fields(50, 400), fields(2, 9000)],
    "bad_response": [
        b"\r\n\r\n\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
        b"220 mail.example ESMTP\r\n\r\n",
        b"-ERR unknown command\r\n\r\n",
        b"\x00" * 100_000,
        b"{}" * 50_000,
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/2 200\r\ncontent-length: 2\r\n\r\n{}",
        b"ICY 200 OK\r\n\r\n",
        HEAD + b"X" * 200_000,
        HEAD + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
        HEAD + b"No colon\r\n\r\n",
        HEAD + b"X y: 1\r\n\r\n",
        HEAD + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n",
        HEAD + b": empty\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: +2\r\n\r\n{}",
        HEAD + b"Content-Length: 0x2\r\n\r\n{}",
        HEAD + b"Content-Length: 2, 3\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"\r\n{}",
        HEAD + b"Connection: close\r\n\r\n" + b"a" * 100_000,
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        CHUNKED + b"xyz\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"2\r\n{}XX0\r\n\r\n",
        CHUNKED + b"2 {}\r\n0\r\n\r\n",
        CHUNKED + b"f" * 30 + b"\r\n",
        CHUNKED + b"2;" + b"x" * 100_000,
        CHUNKED + b"0\r\nBad trailer\r\n\r\n",
        CHUNKED + b"0\r\n" + b"X: y\r\n" * 50_000,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + b"a" * 1000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + answer(),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5000,
    ],
}


@pytest.mark.parametrize("reason", ANSWERS)
async def test_an_answer_beyond_its_limits_is_refused(listen: Listen, reason: str) -> None:
    reasons = []
    for text in ANSWERS[reason]:
        outside = await listen(text)
        reasons.append((text[:120], await outside.reason()))
        assert len(outside.recorder.connects) == 1, "no redirect is followed, nothing is tried again"
    assert [(text, found) for text, found in reasons if found != reason] == []


@pytest.mark.parametrize(
    "text",
    [
        answer(b"a" * LIMIT),
        CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT, b"a" * LIMIT),
        CHUNKED + b"1\r\na\r\n" * LIMIT + b"0\r\nTrailer: 1\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(b"a" * LIMIT),
        answer(b"a" * LIMIT, Content_Encoding="Identity"),
        answer(b"a" * LIMIT) + b"HTTP/1.1 200 OK\r\n\r\nmore than was asked for",
    ],
    ids=["length", "chunked", "byte by byte", "early hints", "identity", "a second answer"],
)
async def test_an_answer_within_its_limits_arrives_whole(listen: Listen, text: bytes) -> None:
    outside = await listen(text)
    assert (await outside.fetch(max_bytes=LIMIT)).body == b"a" * LIMIT


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"HTTP/1.1 200 O",
        HEAD + b"Content-Length: 10\r\n",
        HEAD + b"Content-Length: 10\r\n\r\n",
        HEAD + b"Content-Length: 10\r\n\r\n{}",
        CHUNKED,
        CHUNKED + b"a\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
    ],
)
async def test_an_answer_that_ends_early_is_no_answer(listen: Listen, text: bytes) -> None:
    async def respond(visit: Visit) -> None:
        await visit.say(text)
        visit.writer.close()
        await visit.writer.wait_closed()

    assert await (await listen(respond)).reason() == "cut_short"


async def endless_body(visit: Visit) -> None:
    await visit.say(CHUNKED)
    while True:
        await visit.say(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")


async def endless_headers(visit: Visit) -> None:
    await visit.say(HEAD)
    while True:
        await visit.say(b"X-Again: a\r\n" * 1000)


async def test_what_never_ends_is_left_at_the_limit_and_costs_no_memory(listen: Listen) -> None:
    for respond, reason in ((endless_body, "body_too_large"), (endless_headers, "bad_response")):
        outside = await listen(respond)
        tracemalloc.start()
        assert await outside.reason(caller=caller(), max_bytes=1_000_000, deadline=30) == reason
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
        tracemalloc.stop()


async def nothing(visit: Visit) -> None:
    await visit.until_gone()


async def headers_only(visit: Visit) -> None:
    await visit.say(HEAD + b"Content-Length: 10\r\n\r\n")
    await visit.until_gone()


async def drips(visit: Visit) -> None:
    await visit.say(HEAD + b"Content-Length: 5000\r\n\r\n")
    while True:
        await visit.say(b"a")
        await asyncio.sleep(0.01)  # the pace of the drip


async def drips_headers(visit: Visit) -> None:
    await visit.say(HEAD + b"X-Long: ")
    while True:
        await visit.say(b"a")
        await asyncio.sleep(0.01)  # the pace of the drip


@pytest.mark.parametrize("respond", [nothing, headers_only, drips, drips_headers])
async def test_the_deadline_is_for_everything_together(listen: Listen, respond: object) -> None:
    outside: Outside = await listen(respond)
    began = monotonic()
    assert await outside.reason(deadline=0.3) == "deadline_passed"
    assert monotonic() - began < 1.3


@pytest.mark.parametrize("text", [answer(), answer(b"a" * 6000), HEAD + b"Content-Length: 5\r\n\r\n"])
async def test_the_connection_is_closed_by_the_time_that_the_outcome_is_known(listen: Listen, text: bytes) -> None:
    outside = await listen(text)
    await outside.reason(deadline=0.2)
    assert [connection.fileno() for connection in outside.recorder.opened] == [-1]
