"""What is published reaches every replica within the bound, bus or no bus; a store that lost everything heals."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.fixtures.store import ValkeyServer
from tests.mcp_runtime.cast import ADA, GUS, MAX, OWNERS_MAY_ALL, credential
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import GLOBEX, Replica, replica

pytestmark = pytest.mark.anyio

BOUND_SECONDS = 5.0


async def becomes(answer: Callable[[], Awaitable[int]], expected: int) -> None:
    """Wait until the answer is this status; fails after the bound."""
    async with asyncio.timeout(BOUND_SECONDS):
        while await answer() != expected:
            await asyncio.sleep(0.05)


async def _status(running: Replica, key: str = ADA) -> int:
    return (await running.modern("tools/list", key)).status_code


async def test_a_warm_call_asks_neither_record_nor_store_for_documents(served: Replica, record: Record) -> None:
    await served.call("echo", {"text": "cold"})
    questions, misses = record.questions, served.runtime.credentials.misses + served.runtime.servers.misses
    for number in range(20):
        await served.call("echo", {"text": f"warm {number}"})
    assert record.questions == questions
    assert served.runtime.credentials.misses + served.runtime.servers.misses == misses


@pytest.mark.parametrize("silently", [False, True])
async def test_a_revocation_reaches_every_replica(
    served: Replica, beside: Replica, record: Record, publisher: Publisher, silently: bool
) -> None:
    for running in (served, beside):
        assert await _status(running) == 200
    revoked = record.revoke(ADA)
    await publisher.revocation(ADA, revoked.version + 1, silently=silently)
    for running in (served, beside):
        await becomes(lambda running=running: _status(running), 401)
        assert (await running.modern("tools/list", GUS, GLOBEX)).status_code == 200


async def test_a_new_grant_and_a_new_key_are_seen_although_their_absence_was_cached(
    served: Replica, record: Record, publisher: Publisher
) -> None:
    assert (await served.call("echo", {"text": "x"}, MAX)).json()["error"]["code"] == -32602
    assert await _status(served, "new-key") == 401
    caller_grant = msgspec.structs.replace(OWNERS_MAY_ALL, subject="caller")
    await publisher.server(record.change_server("acme", "desk", grants=(OWNERS_MAY_ALL, caller_grant)))
    record.keep_key("new-key", credential("acme", "max", "caller"))
    await publisher.credential("new-key", credential("acme", "max", "caller"))
    await becomes(lambda: _status(served, "new-key"), 200)
    for key in (MAX, "new-key"):
        assert "result" in (await served.call("echo", {"text": "x"}, key)).json()


async def test_an_older_build_never_replaces_a_newer_one(served: Replica, record: Record, publisher: Publisher) -> None:
    old = record.snapshots["acme", "desk"]
    new = record.change_server("acme", "desk", status="suspended")
    await publisher.server(new)
    await publisher.server(old)
    await becomes(lambda: _status(served), 404)
    assert await _status(served) == 404


async def test_an_emptied_store_heals_by_itself(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    await publisher.server(record.snapshots["acme", "desk"])
    assert await _status(served) == await _status(beside) == 200
    record.revoke(ADA)
    await publisher.redis.flushall()
    for running in (served, beside):
        await becomes(lambda running=running: _status(running), 401)
        assert (await running.modern("tools/list", GUS, GLOBEX)).status_code == 200


async def test_without_the_store_the_record_decides_and_without_both_nobody_is_let_in(
    record: Record, valkey: ValkeyServer, probe: object
) -> None:
    own = ValkeyServer(valkey.socket.parent / "own")
    own.socket.parent.mkdir(exist_ok=True)
    own.start()
    async with replica(record, own.url, staleness_limit=0.3, poll_interval=0.1) as running:
        assert await _status(running) == 200
        own.stop()
        await becomes(lambda: _heard(running), 0)
        assert await _status(running) == 200
        assert "result" in (await running.call("echo", {"text": "x"})).json()
        record.revoke(ADA)
        await becomes(lambda: _status(running), 401)
        record.down = True
        await becomes(lambda: _status(running, GUS), 503)
        assert await _status(running, "made-up-key") == 503


async def _heard(running: Replica) -> int:
    return int(running.runtime.changes.are_heard)
