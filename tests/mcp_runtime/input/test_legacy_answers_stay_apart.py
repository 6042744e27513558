"""An answer counts once, and for nobody but the one who was asked: whatever else comes in is taken and forgotten."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.contract.input import ELICITATION, ROOTS, SAMPLING
from tests.fixtures.waiting import until
from tests.mcp_runtime.cast import ADA, GUS, READER, credential
from tests.mcp_runtime.input.legacy_questions import ALMA, answer, begin, call, result, text
from tests.mcp_runtime.legacy_client import post
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica
from tests.mcp_runtime.streaming import legacy_stream

pytestmark = pytest.mark.anyio

EVE = "eve-key"
STRANGER = {"action": "accept", "content": {"name": "Stranger"}}


@pytest.mark.must("MUST-29.6")
async def test_nobody_else_answers_and_all_of_them_are_told_the_same(
    served: Replica, beside: Replica, record: Record
) -> None:
    record.keep_key(EVE, credential("acme", "eve", "owner"))
    session, other = await begin(served), await begin(served)
    eves, guses = await begin(served, key=EVE), await begin(served, key=GUS, path=GLOBEX)
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session) as stream:
        question = await stream.message()
        await answer(beside, other, question, STRANGER)
        await answer(beside, eves, question, STRANGER, EVE)
        await answer(beside, guses, question, STRANGER, GUS, GLOBEX)
        await answer(beside, session, {"id": "no-such-question"}, STRANGER)
        await answer(beside, session, {"id": 7}, STRANGER)
        for key, path in ((EVE, ACME), (GUS, GLOBEX)):
            response = await post(beside, result(question, STRANGER), key, session, path)
            assert response.json()["error"]["data"]["type"] == "session_unknown"
        await answer(beside, session, question, ALMA)
        assert "Alma" in text((await stream.rest())[-1])


async def test_the_first_answer_counts(served: Replica, beside: Replica, store: Any) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("survey"), session) as stream:
        asked = {question["method"]: question for question in [await stream.message() for _ in range(3)]}
        elicitation, sampling, roots = (asked[m] for m in (ELICITATION, SAMPLING, ROOTS))
        await answer(beside, session, elicitation, ALMA)
        await answer(served, session, elicitation, STRANGER)
        await answer(
            served, session, sampling, {"role": "user", "content": {"type": "text", "text": "A"}, "model": "m"}
        )
        await answer(served, session, roots, {"roots": [{"uri": "file:///"}]})
        await answer(served, session, await stream.message(), {"action": "decline"})
        await answer(served, session, elicitation, STRANGER)
        assert text((await stream.rest())[-1]) == "Alma, A, file:///, None"
    assert list(store.scan_iter("atrium:client-request:*")) == []


@pytest.mark.must("MUST-29.6")
async def test_equal_numbers_of_two_sessions_never_cross(served: Replica, beside: Replica) -> None:
    first, second = await begin(served), await begin(beside)
    async with (
        asyncio.timeout(20),
        legacy_stream(served, call("invite", 1), first) as one,
        legacy_stream(beside, call("invite", 1), second) as two,
    ):
        asked_one, asked_two = await one.message(), await two.message()
        assert asked_one["id"] != asked_two["id"]
        await answer(beside, first, asked_two, STRANGER)
        await answer(served, second, asked_one, STRANGER)
        await answer(served, second, asked_two, {"action": "decline"})
        await answer(beside, first, asked_one, ALMA)
        assert text((await one.rest())[-1]).startswith("accept: Guest(name='Alma'")
        assert text((await two.rest())[-1]) == "decline: None"


async def test_who_may_only_read_answers_nothing_that_was_called_with_more(served: Replica) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session) as stream:
        question = await stream.message()
        await answer(served, session, question, STRANGER, READER)
        await answer(served, session, question, ALMA)
        assert "Alma" in text((await stream.rest())[-1])
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session, READER) as stream:
        await answer(served, session, await stream.message(), ALMA, READER)
        assert "Alma" in text((await stream.rest())[-1])


async def test_answers_of_a_batch_count(served: Replica) -> None:
    session = await begin(served, version="2025-03-26")
    async with asyncio.timeout(20), legacy_stream(served, call("ask_if_possible"), session) as stream:
        question = await stream.message()
        toast = {"role": "assistant", "content": {"type": "text", "text": "Cheers"}, "model": "m"}
        response = await post(served, [result({"id": "another"}, 1), result(question, toast)], ADA, session)
        assert response.status_code == 202
        assert text((await stream.rest())[-1]) == "Cheers"


@pytest.mark.must("MUST-18.8")
async def test_nothing_is_left_of_a_question_that_nobody_answered(served: Replica, store: Any) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session) as stream:
        await stream.message()
        (key,) = store.scan_iter("atrium:client-request:*")
        assert 0 < store.ttl(key) <= served.runtime.settings.input_seconds + 61
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
        assert (await post(served, cancel, session=session)).status_code == 202
        await stream.rest()
    await asyncio.to_thread(until, lambda: not store.exists(key), 20)
