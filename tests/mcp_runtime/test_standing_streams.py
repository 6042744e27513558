"""The stream that a session opens with GET: what its server says unasked, once, on whichever replica it happens."""

import asyncio
from time import time
from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.announcements import resource_updated, resources_updated
from mcp_runtime.contract.snapshot import TenantInfo
from tests.mcp_runtime.cast import ADA, GENEROUS_LIMITS, GUS, MAX, credential, server, tools
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, post, request
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, replica
from tests.mcp_runtime.streaming import Stream, resumed, standing

pytestmark = pytest.mark.anyio

TOOLS = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
MINE, OTHERS = "test://mine", "test://others"


def updated(uri: str) -> dict[str, Any]:
    """What says that a resource has changed."""
    return {"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {"uri": uri}}


@pytest.fixture
def record_with_resources(record: Record) -> Record:
    for tenant in ("acme", "globex"):
        record.keep_server(server(tenant, tools=tools(wait={"mode": "background"})))
    return record


async def subscribe(running: Replica, session: str, uri: str, *, method: str = "subscribe", **options: Any) -> Any:
    """The answer to a subscription."""
    return (await post(running, request(f"resources/{method}", uri=uri), session=session, **options)).json()


async def is_open(*running: Replica, streams: int = 1) -> None:
    """Wait until so many streams are open, and have their places."""
    async with asyncio.timeout(5):
        while sum(len(each.runtime.listeners) for each in running) != streams or any(
            each.runtime.background for each in running
        ):
            await asyncio.sleep(0.01)


async def first(stream: Stream) -> None:
    """Wait until the stream has begun: its first event has an id."""
    await stream.line("id:")


async def change(record: Record, publisher: Publisher, description: str) -> None:
    """Change what acme's people can list."""
    changed = tools(echo={"description": description})
    await publisher.server(record.change_server("acme", "desk", tools=changed))


@pytest.mark.must("MUST-02.1")
async def test_a_changed_tool_is_told_to_sessions_of_its_tenant_alone(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    session, of_gus = await initialize(served), await initialize(beside, GUS, path=GLOBEX)
    async with (
        asyncio.timeout(20),
        standing(beside, session) as stream,
        standing(beside, of_gus, GUS, GLOBEX) as outsider,
    ):
        assert stream.response.headers["content-type"] == "text/event-stream"
        await first(stream)
        await first(outsider)
        await change(record, publisher, "new")
        assert await stream.message() == TOOLS
        beside.application.drain()
        assert await outsider.rest() == []


async def test_a_session_is_told_of_the_resources_it_subscribed_to_and_no_longer(
    record_with_resources: Record, served: Replica, beside: Replica
) -> None:
    session = await initialize(served)
    assert (await subscribe(beside, session, MINE))["result"] == {}
    tell = served.runtime.announcements.tell
    async with asyncio.timeout(20), standing(beside, session) as stream:
        await first(stream)
        for uri in (OTHERS, MINE):
            tell(resource_updated("id-of-acme-desk", uri))
        assert await stream.message() == updated(MINE)
        assert (await subscribe(served, session, OTHERS))["result"] == {}
        assert (await subscribe(served, session, MINE, method="unsubscribe"))["result"] == {}
        for uri in (MINE, OTHERS):
            tell(resource_updated("id-of-acme-desk", uri))
        assert await stream.message() == updated(OTHERS)


async def test_a_session_is_told_of_what_follows_a_changed_template(
    served: Replica, beside: Replica, record: Record
) -> None:
    record.keep_server(server("acme", tools=tools(wait={"mode": "background"})))
    session = await initialize(served)
    card, other = "own://cards/sales", "own://other/sales"
    tell = served.runtime.announcements.tell
    async with asyncio.timeout(20), standing(beside, session) as stream:
        await first(stream)
        for uri in (card, other):
            assert (await subscribe(served, session, uri))["result"] == {}
        tell(resources_updated("id-of-acme-desk", "own://cards/{team}"))
        assert await stream.message() == updated(card)
        tell(resource_updated("id-of-acme-desk", other))
        assert await stream.message() == updated(other)


async def test_a_subscription_needs_resources_and_a_uri(served: Replica, record: Record) -> None:
    session = await initialize(served)
    assert (await subscribe(served, session, MINE))["error"]["data"]["type"] == "method_not_found"
    record.keep_server(server("globex", tools=tools(wait={"mode": "background"})))
    of_gus = await initialize(served, GUS, path=GLOBEX)
    options = {"key": GUS, "path": GLOBEX}
    assert (await subscribe(served, of_gus, "", **options))["error"]["data"]["type"] == "invalid_params"
    assert (await subscribe(served, of_gus, "x" * 3000, **options))["error"]["data"]["type"] == "invalid_params"


@pytest.mark.must("MUST-09.3")
async def test_of_two_streams_the_newer_one_speaks_and_the_older_one_follows_it(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    session = await initialize(served)
    async with asyncio.timeout(20), standing(served, session) as older:
        await first(older)
        async with standing(beside, session) as newer:
            await first(newer)
            await change(record, publisher, "one")
            assert await newer.message() == TOOLS
        await is_open(served, beside)
        await change(record, publisher, "two")
        assert await older.message() == TOOLS
        served.application.drain()
        assert await older.rest() == []


async def test_a_client_comes_back_for_what_it_missed_on_another_replica(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    session = await initialize(served)
    async with asyncio.timeout(20), standing(served, session) as stream:
        await first(stream)
        begun = stream.last_event_id
        await change(record, publisher, "sent")
        assert await stream.message() == TOOLS
    async with asyncio.timeout(20), resumed(beside, session, begun) as again:
        assert await again.message() == TOOLS
        await again.line("id:")  # of the stream that goes on
        left_at = again.last_event_id
        await change(record, publisher, "told")
        assert await again.message() == TOOLS
        left_at = again.last_event_id
    await is_open(served, beside, streams=0)
    await change(record, publisher, "while away")
    async with asyncio.timeout(20), resumed(served, session, left_at) as third:
        assert await third.message() == TOOLS
        served.application.drain()
        assert await third.rest() == []


@pytest.mark.parametrize("version", ["2025-06-18", "2025-03-26"])
async def test_older_clients_get_nothing_that_they_would_not_understand(
    served: Replica, record: Record, publisher: Publisher, version: str
) -> None:
    session = await initialize(served, version=version)
    async with asyncio.timeout(20), standing(served, session) as stream:
        await is_open(served)
        await change(record, publisher, "new")
        assert await stream.line("") == "event: message"
        assert await stream.message() == TOOLS
        assert stream.last_event_id


async def test_the_newest_revision_is_sent_away_after_a_while_and_comes_back(
    record: Record, empty_store: str, publisher: Publisher
) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, standing_seconds=0.2) as running:
        session = await initialize(running)
        async with standing(running, session) as stream:
            assert await stream.line("retry:") == "retry: 1000"
            assert await stream.rest() == []
        await change(record, publisher, "meanwhile")
        async with resumed(running, session, stream.last_event_id) as again:
            assert await again.message() == TOOLS


async def test_the_end_of_a_session_ends_its_streams_on_every_replica(served: Replica, beside: Replica) -> None:
    session, another = await initialize(served), await initialize(served)
    async with asyncio.timeout(20), standing(beside, session) as stream, standing(beside, another) as other:
        await first(stream)
        await first(other)
        assert (await served.http.delete(ACME, headers=legacy_headers(session=session))).status_code == 204
        async with asyncio.timeout(5):
            assert await stream.rest() == []
        assert len(beside.runtime.listeners) <= 2
        async with standing(served, session) as late:
            assert late.response.status_code == 404
        beside.application.drain()
        assert await other.rest() == []


async def test_a_stream_of_a_session_that_is_gone_ends_although_nobody_said_so(
    record: Record, empty_store: str, store: Any
) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, heartbeat_interval=0.05) as running:
        session = await initialize(running)
        async with standing(running, session) as stream:
            await first(stream)
            for key in store.scan_iter("atrium:session:*"):
                store.delete(key)
            assert await stream.rest() == []


async def test_a_revoked_key_and_one_that_expires_end_their_streams(
    served: Replica, record: Record, publisher: Publisher
) -> None:
    session = await initialize(served)
    async with asyncio.timeout(10), standing(served, session) as stream:
        await first(stream)
        await publisher.revocation(ADA, record.revoke(ADA).version + 1)
        assert await stream.rest() == []
    record.keep_key("brief", credential("acme", "ada", "owner", expires_at=time() + 1))
    async with asyncio.timeout(10), standing(served, session, "brief") as brief:
        assert brief.response.status_code == 200
        assert await brief.rest() == []


async def test_a_stream_is_its_sessions_principals_alone(served: Replica) -> None:
    session, of_max = await initialize(served), await initialize(served, MAX)
    async with asyncio.timeout(20), standing(served, session) as stream:
        await first(stream)
        for key, its_session in ((MAX, session), (ADA, of_max)):
            async with standing(served, its_session, key) as refused:
                assert refused.response.status_code == 404
        async with resumed(served, of_max, stream.last_event_id, MAX) as foreign:
            assert foreign.response.json()["error"]["data"]["type"] == "event_unknown"
    async with standing(served, session, Accept="application/json") as blind:
        assert blind.response.status_code == 406


async def test_streams_of_both_eras_count_together(served: Replica, beside: Replica, record: Record) -> None:
    limits = msgspec.structs.replace(GENEROUS_LIMITS, streams_per_principal=1)
    info = TenantInfo(id="id-of-acme", slug="acme", name="Acme", limits=limits)
    record.keep_server(msgspec.structs.replace(server("acme"), tenant=info))
    session = await initialize(served)
    async with asyncio.timeout(20), standing(served, session) as stream:
        await first(stream)
        async with standing(beside, session) as second:
            assert second.response.status_code == 429
            assert second.response.json()["error"]["data"]["type"] == "too_many_streams"
        listen = {"notifications": {"toolsListChanged": True}}
        assert (await beside.modern("subscriptions/listen", params=listen)).status_code == 429
