"""The older revisions: a call asks its client on its own stream, and the answer comes in by any POST of the session."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.input.answers import ANSWER_BYTES
from tests.mcp_runtime.asking_toolkit import toolkit
from tests.mcp_runtime.cast import tool_spec
from tests.mcp_runtime.input.legacy_questions import ALL, ALMA, answer, begin, call, called_at_once, conversation, text
from tests.mcp_runtime.legacy_client import post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, events
from tests.mcp_runtime.streaming import legacy_stream, resumed

pytestmark = pytest.mark.anyio

TOAST = {"role": "assistant", "content": {"type": "text", "text": "Cheers"}, "model": "m", "stopReason": "endTurn"}
ROOTS = {"roots": [{"uri": "file:///projects/alma", "name": "home"}]}


@pytest.mark.parametrize("name", ["invite", "invite_from_thread"])
async def test_an_answer_reaches_the_call_from_another_replica(served: Replica, beside: Replica, name: str) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call(name), session) as stream:
        question = await stream.message()
        assert question["method"] == "elicitation/create"
        assert question["params"]["requestedSchema"]["required"] == ["name"]
        await answer(beside, session, question, ALMA)
        (last,) = await stream.rest()
    assert (last["id"], text(last)) == (7, "accept: Guest(name='Alma', dish='soup')")


async def test_who_lost_the_stream_before_the_question_comes_back_for_it_elsewhere(
    served: Replica, beside: Replica
) -> None:
    session = await begin(served)
    async with asyncio.timeout(20):
        async with legacy_stream(served, call("invite"), session) as stream:
            await stream.line("data:")  # nothing yet but where to come back
        async with resumed(beside, session, stream.last_event_id) as again:
            await answer(served, session, await again.message(), ALMA)
            assert text((await again.rest())[-1]).startswith("accept")


async def test_several_questions_are_asked_at_once_and_answered_in_any_order(served: Replica) -> None:
    session = await begin(served)
    sure = {"action": "accept", "content": {"sure": True}}
    async with asyncio.timeout(20), legacy_stream(served, call("survey"), session) as stream:
        asked = {question["method"]: question for question in [await stream.message() for _ in range(3)]}
        assert asked["sampling/createMessage"]["params"]["systemPrompt"] == "Be brief"
        for method, value in (("roots/list", ROOTS), ("sampling/createMessage", TOAST), ("elicitation/create", ALMA)):
            await answer(served, session, asked[method], value)
        await answer(served, session, await stream.message(), sure)
        assert text((await stream.rest())[-1]) == "Alma, Cheers, file:///projects/alma, {'sure': True}"


@pytest.mark.must("MUST-29.5")
@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_person_may_say_no(served: Replica, action: str) -> None:
    assert text(await conversation(served, call("invite"), {"action": action})) == f"{action}: None"


@pytest.mark.must("MUST-29.5")
@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({"error": {"code": -1, "message": "The user went home"}}, "could not answer: The user went home"),
        ({"error": {"code": -32601, "message": 5}}, "could not answer"),
        ({"error": "broken"}, "could not answer"),
        ({"result": {"action": "accept", "content": {"name": "A"}}}, "does not fit the requested schema: name"),
        ({"result": {"action": "accept"}}, "does not fit"),
        ({"result": {"action": "perhaps"}}, "none of accept, decline, cancel"),
        ({"result": None}, "can't be used"),
        ({"result": {"action": "accept", "content": {"name": "A" * ANSWER_BYTES}}}, "longer than"),
    ],
)
async def test_what_is_no_answer_fails_the_question_and_says_why(served: Replica, response: Any, said: str) -> None:
    last = await conversation(served, call("invite"), response=response)
    assert last["result"]["isError"]
    assert said in text(last)


@pytest.mark.must("MUST-29.2")
@pytest.mark.parametrize(("version", "mode"), [("2025-11-25", {"mode": "form"}), ("2025-06-18", {})])
async def test_a_question_is_put_in_the_words_of_its_revision(served: Replica, version: str, mode: Any) -> None:
    session = await begin(served, version=version)
    async with asyncio.timeout(20), legacy_stream(served, call("invite"), session) as stream:
        question = await stream.message()
        rest = {name: value for name, value in question["params"].items() if name not in ("message", "requestedSchema")}
        assert rest == mode
        await answer(served, session, question, ALMA)
        assert text((await stream.rest())[-1]).startswith("accept")


@pytest.mark.must("MUST-29.7")
async def test_a_page_to_open_is_named_for_the_client(served: Replica) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call("pay"), session) as stream:
        question = await stream.message()
        assert question["params"]["url"] == "https://pay.example/1"
        assert question["params"]["elicitationId"]
        await answer(served, session, question, {"action": "accept"})
        assert text((await stream.rest())[-1]) == "accept"


@pytest.mark.must("MUST-18.4", "MUST-29.4")
@pytest.mark.parametrize(
    ("version", "capabilities", "name"),
    [
        ("2025-11-25", {}, "invite"),
        ("2025-11-25", {"sampling": {}, "elicitation": {}}, "pay"),
        ("2025-11-25", {"elicitation": {"url": {}}}, "invite"),
        ("2025-06-18", ALL, "pay"),
        ("2025-03-26", ALL, "invite"),
    ],
)
async def test_who_did_not_say_that_they_can_be_asked_is_told_what_it_takes(
    served: Replica, version: str, capabilities: Any, name: str
) -> None:
    session = await begin(served, capabilities, version)
    async with asyncio.timeout(20), legacy_stream(served, call(name), session) as stream:
        (last,) = await stream.rest()
    assert last["result"]["isError"]
    assert "asks its caller for something (elicitation)" in text(last)


async def test_the_oldest_revision_has_sampling_and_a_tool_may_do_without(served: Replica) -> None:
    assert text(await conversation(served, call("ask_if_possible"), TOAST, version="2025-03-26")) == "Cheers"
    session = await begin(served, {"elicitation": {}})
    (last,) = events((await post(served, call("ask_if_possible"), session=session)).text)
    assert text(last) == "nobody to ask"


async def test_without_a_stream_of_its_own_a_call_can_not_ask(served: Replica, record: Record) -> None:
    quick = tuple(tool_spec(each, quick=each.name == "invite_from_thread") for each in toolkit.definitions)
    session, oldest = await begin(served), await begin(served, version="2025-03-26")
    held = await called_at_once(served, session, call("invite"))
    batch = (await post(served, [call("ask_if_possible")], session=oldest)).text
    record.change_server("acme", "desk", tools=quick)
    served.runtime.servers.clear()
    at_once = (await post(served, call("invite_from_thread"), session=session)).json()
    for response in (held, *events(batch), at_once):
        assert "send tools/call by itself" in text(response)


@pytest.mark.parametrize(
    ("method", "params"),
    [("prompts/get", {"name": "speech", "arguments": {"about": "cake"}}), ("resources/read", {"uri": "party://list"})],
)
async def test_prompts_and_resources_can_not_ask_in_these_revisions(served: Replica, method: str, params: Any) -> None:
    response = await post(served, request(method, 3, **params), session=await begin(served))
    assert "nor can prompts and resources" in response.json()["error"]["message"]


async def test_news_of_roots_are_taken_and_forgotten(served: Replica) -> None:
    news = {"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}
    assert (await post(served, news, session=await begin(served))).status_code == 202
