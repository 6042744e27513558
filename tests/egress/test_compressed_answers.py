"""What comes compressed unasked is unpacked, whole and within limits, or refused."""

import gzip
import zlib

import pytest

from egress.purposes import Purpose
from tests.egress.conftest import Listen
from tests.egress.outside import URL, answer, caller

pytestmark = pytest.mark.anyio

# Packed at one moment for good: the time is in it, and every process has to name the same tests.
PACKED = gzip.compress(b"{}", mtime=0)
TEXT = b'{"items": [' + b", ".join(b'{"id": %d}' % number for number in range(20_000)) + b"]}"
PACKED_TEXT = gzip.compress(TEXT, mtime=0)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", PACKED_TEXT),
        ("x-gzip", PACKED_TEXT),
        ("GZIP", PACKED_TEXT),
        ("deflate", zlib.compress(TEXT)),
        ("identity", TEXT),
    ],
)
async def test_what_is_packed_comes_unpacked(listen: Listen, coding: str, packed: bytes) -> None:
    outside = await listen(answer(packed, Content_Encoding=coding, ETag="x"))
    fetched = await outside.fetch(URL, caller())
    assert fetched.body == TEXT
    assert fetched.header("etag") == "x"
    assert (fetched.header("content-encoding"), fetched.header("content-length")) in [
        (None, None),
        ("identity", str(len(TEXT))),
    ]


@pytest.mark.parametrize(
    ("coding", "packed", "reason"),
    [
        ("br", b"", "compressed"),
        ("zstd", b"", "compressed"),
        ("gzip, br", PACKED, "compressed"),
        ("gzip, identity", PACKED, "compressed"),
        ("gzip", b"not packed at all", "bad_response"),
        ("gzip", zlib.compress(b"{}"), "bad_response"),
        ("deflate", PACKED, "bad_response"),
        ("gzip", PACKED_TEXT[:-9], "cut_short"),
        ("gzip", PACKED + b"more", "bad_response"),
        ("gzip", PACKED + PACKED, "bad_response"),
        ("gzip", gzip.compress(bytes(3_000_000), mtime=0), "inflated_too_large"),
    ],
)
async def test_what_can_not_be_unpacked_is_refused(listen: Listen, coding: str, packed: bytes, reason: str) -> None:
    outside = await listen(answer(packed, Content_Encoding=coding))
    assert await outside.reason(URL, caller()) == reason


async def test_the_limit_is_for_what_it_unpacks_to(listen: Listen) -> None:
    outside = await listen(answer(PACKED_TEXT, Content_Encoding="gzip"))
    assert await outside.reason(URL, caller(), max_bytes=len(TEXT)) == "fetched"
    assert await outside.reason(URL, caller(), max_bytes=len(TEXT) - 1) == "inflated_too_large"


async def test_a_stranger_is_not_unpacked(listen: Listen) -> None:
    outside = await listen(answer(PACKED, Content_Encoding="gzip"))
    assert await outside.reason(URL, caller(Purpose.CLIENT_METADATA)) == "compressed"


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_an_answer_without_a_body_may_say_how_it_would_be_packed(listen: Listen, coding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 99999999999\r\n\r\n".encode()
    outside = await listen(head)
    assert (await outside.fetch(URL, caller(), method="HEAD")).header("content-length") == "99999999999"
