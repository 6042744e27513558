"""A question that nobody waits for any more is withdrawn, whatever ends that; and waiting costs a tool no time."""

import asyncio
from typing import Any

import pytest

from tests.mcp_runtime.asking_toolkit import effects, toolkit
from tests.mcp_runtime.cast import ADA, tool_spec
from tests.mcp_runtime.input.legacy_questions import ALMA, answer, begin, call, text
from tests.mcp_runtime.legacy_client import legacy_headers, post, request
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, Replica, replica
from tests.mcp_runtime.streaming import begun, legacy_stream, resumed

pytestmark = pytest.mark.anyio

CANCEL = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}


def withdrawn(question: Any) -> Any:
    """What the client is told of a question that it need not answer any more, but for the reason."""
    return ("notifications/cancelled", question["id"])


def said(message: Any) -> Any:
    """The same of a message."""
    return (message.get("method"), message.get("params", {}).get("requestId"))


@pytest.mark.parametrize("name", ["tidy", "invite_from_thread"])
async def test_a_client_cancels_a_call_that_waits_for_it(served: Replica, beside: Replica, name: str) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call(name), session) as stream:
        question = await stream.message()
        assert (await post(beside, CANCEL, session=session)).status_code == 202
        (last,) = await stream.rest()
        assert said(last) == withdrawn(question)
        await answer(beside, session, question, ALMA)
        assert (await post(beside, request("ping"), session=session)).status_code == 200
    if name == "tidy":
        assert effects == ["tidied"]


async def test_nobody_can_answer_in_a_session_that_has_ended(served: Replica, beside: Replica) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session) as stream:
        await stream.message()
        assert (await beside.http.delete(ACME, headers=legacy_headers(session=session))).status_code == 204
        last = (await stream.rest())[-1]
    assert last["result"]["isError"]
    assert "session ended" in text(last)


async def test_a_revoked_key_ends_the_waiting(served: Replica, record: Record, publisher: Publisher) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("tidy"), session) as stream:
        question = await stream.message()
        revoked = record.revoke(ADA)
        await publisher.revocation(ADA, revoked.version + 1)
        told, last = await stream.rest()
    assert said(told) == withdrawn(question)
    assert "revoked" in last["error"]["message"]
    assert effects == ["tidied"]


async def test_a_question_is_not_waited_for_for_ever(record: Record, empty_store: str) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, input_seconds=0.1) as running:
        session = await begin(running)
        async with legacy_stream(running, call("invite_from_thread"), session) as stream:
            question = await stream.message()
            told, last = await stream.rest()
        assert said(told) == withdrawn(question)
        assert "Nobody answered within 0.1 s" in text(last)


@pytest.mark.parametrize("name", ["invite", "invite_from_thread"])
async def test_waiting_for_a_person_costs_a_tool_none_of_its_time(served: Replica, record: Record, name: str) -> None:
    hurried = tuple(tool_spec(each, timeout_seconds=0.5) for each in toolkit.definitions)
    record.change_server("acme", "desk", tools=hurried)
    session, loop = await begin(served), asyncio.get_running_loop()
    async with asyncio.timeout(20), legacy_stream(served, call(name), session) as stream:
        question, asked_at = await stream.message(), loop.time()
        while loop.time() < asked_at + 0.6:
            await post(served, request("ping"), session=session)
        await answer(served, session, question, ALMA)
        assert text((await stream.rest())[-1]).startswith("accept")


async def test_an_answer_that_was_not_heard_of_is_found(record: Record, empty_store: str, store: Any) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, reply_poll_interval=0.05) as running:
        session = await begin(running)
        async with legacy_stream(running, call("invite"), session) as stream:
            await stream.message()
            (key,) = store.scan_iter("atrium:client-request:*")
            store.hset(key, "reply", b'{"result":{"action":"decline"}}')
            assert text((await stream.rest())[-1]) == "decline: None"


async def test_a_question_is_lost_with_the_store(record: Record, empty_store: str, store: Any) -> None:
    async with asyncio.timeout(20), replica(record, empty_store, reply_poll_interval=0.05) as running:
        session = await begin(running)
        async with legacy_stream(running, call("invite"), session) as stream:
            await stream.message()
            store.flushall()
            assert "lost" in text((await stream.rest())[-1])


async def test_a_replica_that_stops_lets_go_of_its_questions(served: Replica, record: Record, empty_store: str) -> None:
    session = await begin(served)
    async with asyncio.timeout(20):
        async with replica(record, empty_store, drain_seconds=0.05) as stopping:
            left_at = await begun(stopping, session, call("tidy"))
        async with resumed(served, session, left_at) as again:
            assert (await again.rest())[-1]["error"]["data"]["type"] == "call_lost"
    assert effects == ["tidied"]
