"""The logs themselves: their bounds, their one writer and their one reader."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as redis

from mcp_runtime.sessions.log_reader import LogReader
from mcp_runtime.sessions.log_writer import LogWriter, Standing
from mcp_runtime.sessions.store import Owner
from mcp_runtime.sessions.stream_log import BYTES_AT_MOST, EVENTS_AT_MOST, WRITE, StreamAbout, event_id
from mcp_runtime.sessions.streams import Streams

pytestmark = pytest.mark.anyio

ADA = Owner("acme", "desk", "acme|ada")
ABOUT = StreamAbout(request_id=7, tool="wait")
IDLE_SECONDS = 100


@pytest.fixture
async def streams(empty_store: str) -> AsyncIterator[Streams]:
    client = redis.Redis.from_url(empty_store)
    streams = Streams(client, idle_seconds=IDLE_SECONDS, pulse_interval=0.05)
    yield streams
    await streams.stop()
    await client.aclose()


@pytest.fixture
async def writer(streams: Streams) -> LogWriter:
    return await begun(streams)


async def begun(streams: Streams) -> LogWriter:
    """A new log."""
    writer = await streams.begin(ADA, "session", ABOUT)
    assert writer is not None
    return writer


def reader_of(streams: Streams, writer: LogWriter, position: int = 0, owner: Owner = ADA) -> LogReader:
    reader = streams.reader(owner, "session", event_id(writer.name, position))
    assert reader is not None
    return reader


async def everything(reader: LogReader) -> list[tuple[int, bytes]]:
    assert await reader.claim() is not None
    found: list[tuple[int, bytes]] = []
    while messages := (await reader.read()).messages:
        found += messages
    return found


async def test_a_log_keeps_the_newest_messages(streams: Streams, writer: LogWriter) -> None:
    last = EVENTS_AT_MOST + 700
    for first in range(1, last, 1_000):
        await writer.append([b"%d" % number for number in range(first, min(first + 1_000, last + 1))])
    found = await everything(reader_of(streams, writer))
    assert [position for position, _ in found] == list(range(last - EVENTS_AT_MOST + 1, last + 1))
    assert [int(message) for _, message in found] == [position for position, _ in found]


async def test_a_log_keeps_no_more_bytes_than_its_bound(streams: Streams, writer: LogWriter) -> None:
    size = BYTES_AT_MOST // 4
    for number in range(9):
        await writer.append([b"%d" % number * size])
    assert [position for position, _ in await everything(reader_of(streams, writer))] == [6, 7, 8, 9]


async def test_an_abandoned_log_expires_and_an_ended_one_soon(streams: Streams, writer: LogWriter, store: Any) -> None:
    await writer.append([b"1"])
    kept = [store.ttl(key) for key in store.scan_iter("atrium:stream*")]
    assert len(kept) == 2
    assert all(0 < seconds <= IDLE_SECONDS for seconds in kept)
    for delivered, longest in ((True, 30), (False, 300)):
        store.flushall()
        writer = await begun(streams)
        await writer.end([b"last"], delivered=delivered)
        assert all(0 < store.ttl(key) <= longest for key in store.scan_iter("atrium:stream*"))


async def test_a_log_is_found_by_its_owner_alone(streams: Streams, writer: LogWriter) -> None:
    strangers = [
        Owner("globex", "desk", "acme|ada"),
        Owner("acme", "other", "acme|ada"),
        Owner("acme", "desk", "acme|max"),
    ]
    for owner in strangers:
        assert await reader_of(streams, writer, owner=owner).claim() is None
    elsewhere = streams.reader(ADA, "another session", event_id(writer.name, 0))
    assert elsewhere is not None
    assert await elsewhere.claim() is None


async def test_one_of_many_takes_an_orphaned_log_over(streams: Streams, writer: LogWriter) -> None:
    await writer.append([b"1"])
    await writer.release()
    readers = [reader_of(streams, writer, 1) for _ in range(10)]
    for reader in readers:
        await reader.claim()
        assert (await reader.read()).is_orphaned
    taken = [won for won in await asyncio.gather(*(reader.take_over() for reader in readers)) if won is not None]
    assert len(taken) == 1
    await taken[0].end([b"2"], delivered=False)
    assert await everything(reader_of(streams, writer, 1)) == [(2, b"2")]


async def test_a_writer_that_was_taken_for_dead_writes_no_more(streams: Streams, writer: LogWriter) -> None:
    reader = reader_of(streams, writer)
    await reader.claim()
    taken = await reader.take_over()
    assert taken is not None
    assert await writer.append([b"late"]) is Standing.TAKEN
    assert not (await writer.append([b"later"])).writes
    assert await taken.end([b"lost"], delivered=False) is Standing.SUPERSEDED
    assert await everything(reader_of(streams, writer)) == [(1, b"lost")]


async def test_what_is_written_twice_is_read_once(streams: Streams, writer: LogWriter, store: Any) -> None:
    """As after an answer of Redis that did not arrive: the writer can't know, and writes again."""
    (state,) = store.scan_iter("atrium:stream:*")
    events = state.replace(b"stream:", b"stream-events:")
    for _ in range(2):
        store.eval(WRITE, 2, state, events, writer.token, IDLE_SECONDS, 1, "", "", b"1", b"2")
    assert await everything(reader_of(streams, writer)) == [(1, b"1"), (2, b"2")]


async def test_a_client_that_is_ahead_of_the_log_gets_nothing_twice(streams: Streams, writer: LogWriter) -> None:
    """It had messages that Redis never got; whoever takes over goes on after them."""
    reader = reader_of(streams, writer, 5)
    await reader.claim()
    await writer.release()
    assert (await reader.read()).is_orphaned
    taken = await reader.take_over()
    assert taken is not None
    await taken.end([b"lost"], delivered=False)
    assert (await reader.read()).messages == [(6, b"lost")]
