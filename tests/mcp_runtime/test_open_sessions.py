"""What is open on a server is seen by its people on whichever replica it is, and ends when they say so."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import Any

import pytest

from mcp_runtime.contract.open_sessions import (
    CALL,
    CLOSINGS,
    LISTENING,
    Closing,
    ListedStream,
    Place,
    encode_open,
    tenant_session_keys,
)
from mcp_runtime.replica import redis_link
from mcp_runtime.replica.open_streams import OpenStreams
from mcp_runtime.sessions.store import Owner
from tenants.models import Server
from tenants.publishing.open_sessions import OpenThings, open_things, open_things_end
from tests.mcp_runtime.cast import ADA, GUS
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.serving import GLOBEX, Replica
from tests.mcp_runtime.streaming import StreamOverError, legacy_stream, modern_stream, standing, waiting_call

pytestmark = pytest.mark.anyio

DESK = Server(pk="id-of-acme-desk", tenant_id="id-of-acme")
HERS = Place("id-of-acme", "id-of-acme-desk")
HIS = Place("id-of-globex", "id-of-globex-desk")
LISTEN = {"params": {"notifications": {"toolsListChanged": True}}}


def wait_call(number: int = 7) -> dict[str, Any]:
    """A call that the test lets go."""
    return request("tools/call", number, name="wait", arguments={"steps": 1}, _meta={"progressToken": "p"})


async def seen(server: Server, *, when: Callable[[OpenThings], Any]) -> OpenThings:
    """What is open there, once it is so."""
    async with asyncio.timeout(20):
        while not when(things := await asyncio.to_thread(open_things, server=server)):
            await asyncio.sleep(0.02)
    return things


async def end(things: OpenThings) -> None:
    """As somebody does on a page."""
    await asyncio.to_thread(open_things_end, server=DESK, things=things)


async def test_a_session_is_listed_with_its_client_and_what_is_open_in_it(
    served: Replica, beside: Replica, probe: Watch, store: Any
) -> None:
    session = await initialize(served)
    await initialize(served, GUS, path=GLOBEX)
    before = time()
    async with asyncio.timeout(20), standing(beside, session), legacy_stream(served, wait_call(), session) as calling:
        await calling.message()
        things = await seen(DESK, when=lambda now: now.sessions[0].is_listening and now.sessions[0].calls == 1)
        [found] = things.sessions
        assert (found.holder.user, found.holder.client, found.holder.client_name) == (
            "id-of-ada",
            "family-of-ada",
            "old client/1",
        )
        assert (found.listed.version, things.streams) == ("2025-11-25", [])
        assert abs(found.requested_at.timestamp() - before) < 60
        assert session not in repr(things)
        assert (await post(served, request("ping"), session=found.id)).status_code == 404
        probe.hold.set()
    of_globex = Server(pk=HIS.server, tenant_id=HIS.tenant)
    assert [each.holder.user for each in (await seen(of_globex, when=bool)).sessions] == ["id-of-gus"]


async def test_an_ended_session_is_gone_with_its_streams_and_calls_on_every_replica(
    served: Replica, beside: Replica, probe: Watch, store: Any
) -> None:
    session, another = await initialize(served), await initialize(served)
    async with (
        asyncio.timeout(20),
        standing(beside, session) as listening,
        legacy_stream(served, wait_call(), session) as calling,
        standing(served, another) as untouched,
    ):
        await calling.message()
        await untouched.line("id:")
        things = await seen(DESK, when=lambda now: any(each.is_listening and each.calls for each in now.sessions))
        await end(OpenThings([each for each in things.sessions if each.calls], [], things.at))
        assert await listening.rest() == []
        assert (await calling.rest())[-1]["error"]["data"]["type"] == "cancelled"
        await probe.ended.wait()
        gone, made_up = [await post(beside, request("ping"), session=each) for each in (session, "made-up")]
        assert (gone.status_code, gone.content) == (404, made_up.content)
        assert (await post(beside, request("ping"), session=another)).status_code == 200
        left = await seen(DESK, when=lambda now: not now.streams)
        assert [each.is_listening for each in left.sessions] == [True]


async def test_streams_without_a_session_are_listed_and_closed(
    served: Replica, beside: Replica, probe: Watch, store: Any
) -> None:
    async with (
        asyncio.timeout(20),
        modern_stream(beside, "subscriptions/listen", **LISTEN) as listening,
        modern_stream(served, "tools/call", **waiting_call()) as calling,
    ):
        await listening.message()
        await calling.message()
        things = await seen(DESK, when=lambda now: len(now.streams) == 2)
        kinds = {(each.listed.kind, each.listed.tool, each.holder.user) for each in things.streams}
        assert kinds == {(LISTENING, "", "id-of-ada"), (CALL, "wait", "id-of-ada")}
        await end(things)
        assert [message["result"]["resultType"] for message in await listening.rest()] == ["complete"]
        assert (await calling.rest())[-1]["error"]["data"]["type"] == "cancelled"
        await probe.ended.wait()
    await seen(DESK, when=lambda now: not now.streams)


async def test_an_order_that_the_bus_lost_is_found_and_one_of_another_server_ends_nothing(
    served: Replica, probe: Watch, store: Any
) -> None:
    async with asyncio.timeout(20), modern_stream(served, "tools/call", **waiting_call()) as calling:
        await calling.message()
        [stream] = (await seen(DESK, when=lambda now: now.streams)).streams
        store.publish(CLOSINGS, encode_open(Closing(*HIS, [stream.id])))
        store.publish(CLOSINGS, b"of a newer release")
        await probe.began.wait()
        assert not probe.ended.is_set()
        store.zadd(CLOSINGS, {encode_open(Closing(*HIS, [stream.id])): 1, encode_open(Closing(*HERS, [stream.id])): 2})
        with suppress(StreamOverError):
            while "error" not in await calling.message():
                pass
        await probe.ended.wait()


async def test_quick_calls_are_written_down_nowhere(served: Replica, store: Any) -> None:
    for _ in range(3):
        assert (await served.call("echo", {"text": "x"})).status_code == 200
    assert len(served.runtime.open_streams) == 0
    assert store.keys("atrium:open-streams:*") == []


async def test_an_open_stream_is_no_request_of_its_client(served: Replica, store: Any) -> None:
    session = await initialize(served)
    _, _, requests = tenant_session_keys(HERS.tenant)
    [record] = store.zrange(requests, 0, -1)
    store.zadd(requests, {record: 1})
    owner = Owner(HERS.tenant, HERS.server, "id-of-acme|id-of-ada|family-of-ada")
    assert await served.runtime.sessions.read(owner, session, is_request=False) is not None
    assert store.zscore(requests, record) == 1
    assert (await post(served, request("ping"), ADA, session)).status_code == 200
    assert store.zscore(requests, record) > 1


async def test_what_a_lost_replica_had_open_is_forgotten_and_an_emptied_store_filled_again(
    empty_store: str, store: Any
) -> None:
    redis = redis_link.connect(empty_store)
    streams = OpenStreams(redis, 0.05)
    handle = streams.add(ListedStream(kind=LISTENING, since=time()), HERS, lambda: None)
    try:
        assert [each.id for each in (await seen(DESK, when=lambda now: now.streams)).streams] == [handle]
        store.flushall()
        assert [each.id for each in (await seen(DESK, when=lambda now: now.streams)).streams] == [handle]
        assert streams._task is not None
        streams._task.cancel()
        await seen(DESK, when=lambda now: not now.streams)
        streams.remove(handle)
        await seen(DESK, when=lambda now: not now.streams)
    finally:
        await streams.stop()
        await redis.aclose()
