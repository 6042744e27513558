"""A legacy client that lost its connection comes back with Last-Event-ID, to any replica, and misses nothing."""

import asyncio
from typing import Any

import pytest

from tests.mcp_runtime.cast import ADA, GUS, credential
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, replica
from tests.mcp_runtime.streaming import begun, legacy_stream, resumed

pytestmark = pytest.mark.anyio

EVE = "eve-key"


def call(name: str, steps: int, number: int | str = 7) -> dict[str, Any]:
    """A legacy call of a lasting tool, with progress asked for."""
    return request("tools/call", number, name=name, arguments={"steps": steps}, _meta={"progressToken": "p"})


def progress(messages: list[dict[str, Any]]) -> list[float]:
    """The values reported."""
    return [each["params"]["progress"] for each in messages if each.get("method") == "notifications/progress"]


async def test_another_replica_tells_what_was_missed_then_what_comes_then_the_end(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("wait", 4))
        async with resumed(beside, session, left_at) as stream:
            assert stream.response.headers["content-type"] == "text/event-stream"
            missed = [await stream.message() for _ in range(4)]
            assert progress(missed) == [2, 3, 4]
            assert missed[-1]["method"] == "notifications/message"
            assert not probe.ended.is_set()
            probe.hold.set()
            (last,) = await stream.rest()
        assert last["id"] == 7
        assert last["result"]["structuredContent"] == {"result": "let go"}


async def test_a_thousand_events_while_away_come_once_and_in_order(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("tell", 1_000))
        probe.hold.set()
        await probe.ended.wait()
        async with resumed(beside, session, left_at) as stream:
            messages = await stream.rest()
    assert progress(messages) == list(range(1, 1_001))
    assert messages[-1]["result"]["structuredContent"] == {"result": "told"}


async def test_a_client_may_lose_its_connection_again_and_again(served: Replica, beside: Replica, probe: Watch) -> None:
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("tell", 10))
        probe.hold.set()
        for running in (beside, served) * 5:
            async with resumed(running, session, left_at) as stream:
                seen.append(await stream.message())
                left_at = stream.last_event_id
        async with resumed(beside, session, left_at) as stream:
            seen += await stream.rest()
    assert progress(seen) == list(range(1, 11))
    assert [message.get("id") for message in seen][-1] == 7


async def test_who_has_all_of_a_stream_is_told_not_to_come_back(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    session = await initialize(served)
    async with asyncio.timeout(20), legacy_stream(served, call("wait", 1), session) as stream:
        assert (await stream.rest())[-1]["id"] == 7
        async with resumed(served, session, stream.last_event_id) as again:
            assert again.response.status_code == 405
            assert "GET" not in again.response.headers["allow"]


async def test_the_newest_revision_gets_an_event_to_come_back_with_before_anything_else(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    session = await initialize(served)
    async with asyncio.timeout(20):
        async with legacy_stream(served, call("wait", 1), session) as stream:
            lines = [await stream.line("") for _ in range(4)]
        assert [line.split(":")[0] for line in lines] == ["id", "retry", "data", ""]
        assert lines[2].removeprefix("data:").strip() == ""
        probe.hold.set()
        async with resumed(beside, session, stream.last_event_id) as again:
            assert progress(await again.rest()) == [1]


@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18"])
async def test_older_revisions_get_ids_and_no_event_without_data(
    served: Replica, beside: Replica, probe: Watch, version: str
) -> None:
    session = await initialize(served, version=version)
    async with asyncio.timeout(20):
        async with legacy_stream(served, call("wait", 2), session) as stream:
            assert (await stream.line("data:"))[5:].strip()
        probe.hold.set()
        async with resumed(beside, session, stream.last_event_id) as again:
            assert progress(await again.rest()) == [2]


@pytest.mark.must("MUST-09.2")
async def test_somebody_elses_event_id_is_like_one_that_was_never_given_out(
    served: Replica, beside: Replica, record: Record, probe: Watch
) -> None:
    record.keep_key(EVE, credential("acme", "eve", "owner"))
    session = await initialize(served)
    left_at = await begun(served, session, call("wait", 3))
    unknown = "A" * 24 + ".1"
    thieves = [
        (EVE, await initialize(served, EVE), ACME),
        (ADA, await initialize(served), ACME),
        (GUS, await initialize(served, GUS, path=GLOBEX), GLOBEX),
    ]
    for key, own_session, path in thieves:
        for running in (served, beside):
            async with resumed(running, own_session, left_at, key, path) as stolen:
                pass
            async with resumed(running, own_session, unknown, key, path) as made_up:
                pass
            assert stolen.response.status_code == made_up.response.status_code == 400
            assert stolen.response.content == made_up.response.content
    async with resumed(served, session, left_at, EVE) as stolen:
        assert stolen.response.status_code == 404
    probe.hold.set()
    async with asyncio.timeout(20), resumed(served, session, left_at) as stream:
        assert progress(await stream.rest()) == [2, 3]


@pytest.mark.parametrize("event_id", ["", "x", "A" * 24, "A" * 24 + ".-1", "A" * 24 + ".1e3", "A" * 24 + ".00", "é.1"])
async def test_what_is_no_event_id_is_refused(served: Replica, event_id: str) -> None:
    session = await initialize(served)
    headers = {**legacy_headers(session=session), "Last-Event-ID": event_id.encode("latin-1")}
    response = await served.http.get(ACME, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["data"]["type"] == "event_unknown"


async def test_an_expired_log_is_unknown(served: Replica, store: Any, probe: Watch) -> None:
    session = await initialize(served)
    left_at = await begun(served, session, call("wait", 1))
    for key in store.scan_iter("atrium:stream*"):
        store.delete(key)
    async with resumed(served, session, left_at) as again:
        assert again.response.json()["error"]["data"]["type"] == "event_unknown"
    probe.hold.set()


async def test_a_stream_is_not_resumed_without_its_session_or_an_event(served: Replica) -> None:
    session = await initialize(served)
    assert (await served.http.get(ACME, headers=legacy_headers(**{"Last-Event-ID": "x.1"}))).status_code == 405
    ended = legacy_headers(session="no-such-session", **{"Last-Event-ID": "x.1"})
    assert (await served.http.get(ACME, headers=ended)).status_code == 404
    blind = {**legacy_headers(session=session), "Last-Event-ID": "x.1", "Accept": "application/json"}
    assert (await served.http.get(ACME, headers=blind)).status_code == 406


@pytest.mark.must("MUST-09.3")
async def test_the_last_one_to_come_back_has_the_stream(served: Replica, beside: Replica, probe: Watch) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        async with legacy_stream(served, call("tell", 2), session) as first:
            await first.message()
            last_event_id = first.last_event_id
            async with (
                resumed(beside, session, last_event_id) as second,
                resumed(served, session, last_event_id) as last,
            ):
                assert await second.rest() == []
                probe.hold.set()
                assert progress(await last.rest()) == [1, 2]
            assert await first.rest() == []


async def test_a_cancelled_call_ends_its_stream_for_who_comes_back(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("wait", 2))
        async with resumed(beside, session, left_at) as stream:
            await stream.message()
            cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
            assert (await post(beside, cancel, session=session)).status_code == 202
            assert all("id" not in message for message in await stream.rest())
        async with resumed(beside, session, stream.last_event_id) as again:
            assert again.response.status_code == 405


async def test_a_withdrawn_grant_ends_a_resumed_stream_and_closes_its_log(
    served: Replica, beside: Replica, record: Record, publisher: Publisher, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("wait", 1))
        async with resumed(beside, session, left_at) as stream:
            await publisher.server(record.change_server("acme", "desk", grants=()))
            assert all("result" not in message for message in await stream.rest())
        async with resumed(beside, session, left_at) as again:
            assert again.response.status_code == 400


async def test_losing_the_key_one_came_back_with_ends_the_reading_alone(
    served: Replica, beside: Replica, record: Record, publisher: Publisher, probe: Watch
) -> None:
    record.keep_key("another", credential("acme", "ada", "owner", credential_id="another", api_key="another"))
    async with asyncio.timeout(20):
        session = await initialize(served)
        left_at = await begun(served, session, call("tell", 1))
        async with resumed(beside, session, left_at, "another") as stream:
            revoked = record.revoke("another")
            await publisher.revocation("another", revoked.version + 1)
            assert await stream.rest() == []
        probe.hold.set()
        async with resumed(beside, session, left_at) as stream:
            assert (await stream.rest())[-1]["result"]["structuredContent"] == {"result": "told"}


async def test_a_resumed_stream_has_heartbeats(record: Record, empty_store: str, probe: Watch) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, heartbeat_interval=0.05) as running:
        session = await initialize(running)
        left_at = await begun(running, session, call("tell", 1))
        async with resumed(running, session, left_at) as stream:
            await stream.line(":")
            await stream.line(":")
            probe.hold.set()
            assert progress(await stream.rest()) == [1]
