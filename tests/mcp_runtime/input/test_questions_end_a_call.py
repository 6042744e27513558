"""2026-07-28: a call that needs an answer ends with its question, and is made again with the answer."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.input.answers import ANSWER_BYTES
from tests.mcp_runtime.asking_toolkit import effects
from tests.mcp_runtime.cast import ADA, GUS
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, CAPABILITIES_META, GLOBEX, Replica, events, replica
from tests.mcp_runtime.test_audit_trail import flushed

pytestmark = pytest.mark.anyio

ALL = {CAPABILITIES_META: {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}}
ALMA = {"action": "accept", "content": {"name": "Alma"}}
TOAST = {"role": "assistant", "content": {"type": "text", "text": "Cheers"}, "model": "m", "stopReason": "endTurn"}
ROOTS = {"roots": [{"uri": "file:///projects/alma", "name": "home"}]}


async def ask(served: Replica, method: str, key: str = ADA, path: str = ACME, **params: Any) -> dict[str, Any]:
    """The whole response to one request, whether it came as JSON or as a stream."""
    response = await served.modern(method, key, path, params=params, meta=ALL)
    message: dict[str, Any] = events(response.text)[-1] if response.text.startswith("event") else response.json()
    return message


async def call(served: Replica, name: str, answers: Any = None, state: Any = None, **more: Any) -> dict[str, Any]:
    """A tools/call, its second round where there are answers or a state."""
    given = {"inputResponses": answers, "requestState": state}
    given = {field: value for field, value in given.items() if value is not None}
    who = {field: more.pop(field) for field in ("key", "path") if field in more}
    return await ask(served, "tools/call", **who, name=name, arguments=more, **given)


def state_of(response: dict[str, Any]) -> str:
    """The state of a response that asks."""
    assert response["result"]["resultType"] == "input_required", response
    return str(response["result"]["requestState"])


@pytest.mark.must("MUST-18.6", "MUST-29.2")
async def test_the_question_comes_as_the_specification_has_it(served: Replica) -> None:
    result = (await call(served, "invite"))["result"]
    fields = {
        "name": {"type": "string", "minLength": 2},
        "dish": {"type": "string", "enum": ["cake", "soup"], "default": "soup"},
    }
    schema = {"type": "object", "properties": fields, "required": ["name"]}
    params = {"mode": "form", "message": "Who comes on Monday?", "requestedSchema": schema}
    assert result["inputRequests"] == {"guest": {"method": "elicitation/create", "params": params}}
    assert result.keys() == {"resultType", "inputRequests", "requestState", "_meta"}


@pytest.mark.parametrize("name", ["invite", "invite_from_thread"])
async def test_the_same_function_goes_on_with_the_answer(served: Replica, name: str) -> None:
    state = state_of(await call(served, name))
    answered = await call(
        served, name, {"guest": {"action": "accept", "content": {"name": "Alma", "dish": "cake"}}}, state
    )
    assert answered["result"]["structuredContent"] == {"result": "accept: Guest(name='Alma', dish='cake')"}
    assert answered["result"]["resultType"] == "complete"


@pytest.mark.must("MUST-29.5")
@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_person_may_say_no(served: Replica, action: str) -> None:
    answered = await call(served, "invite", {"guest": {"action": action}}, state_of(await call(served, "invite")))
    assert answered["result"]["structuredContent"] == {"result": f"{action}: None"}


@pytest.mark.must("MUST-18.7")
async def test_questions_that_are_asked_at_once_come_at_once(served: Replica) -> None:
    first = await call(served, "survey")
    requests = first["result"]["inputRequests"]
    assert {key: request["method"] for key, request in requests.items()} == {
        "elicitation-1": "elicitation/create",
        "sampling-2": "sampling/createMessage",
        "roots-3": "roots/list",
    }
    assert requests["sampling-2"]["params"]["messages"][0]["content"] == {"type": "text", "text": "Write a toast"}
    part = await call(served, "survey", {"elicitation-1": ALMA, "roots-3": ROOTS}, state_of(first))
    assert list(part["result"]["inputRequests"]) == ["sampling-2"]
    rest = await call(served, "survey", {"sampling-2": TOAST, "never-asked": 1}, state_of(part))
    assert list(rest["result"]["inputRequests"]) == ["elicitation-4"]
    sure = {"elicitation-4": {"action": "accept", "content": {"sure": True}}}
    last = await call(served, "survey", sure, state_of(rest))
    assert last["result"]["structuredContent"] == {"result": "Alma, Cheers, file:///projects/alma, {'sure': True}"}


@pytest.mark.must("MUST-18.1")
async def test_any_replica_goes_on_and_an_old_key_still_opens(record: Record, empty_store: str) -> None:
    async with (
        replica(record, empty_store, secrets=("first",)) as here,
        replica(record, empty_store, secrets=("second", "first")) as there,
        replica(record, empty_store, secrets=("third",)) as stranger,
    ):
        state = state_of(await call(here, "invite"))
        assert (await call(stranger, "invite", {"guest": ALMA}, state))["error"]["data"][
            "type"
        ] == "request_state_refused"
        assert "Alma" in str(await call(there, "invite", {"guest": ALMA}, state))
        state = state_of(await call(there, "invite"))
        assert "error" in await call(here, "invite", {"guest": ALMA}, state)


@pytest.mark.must("MUST-18.1", "MUST-29.6")
async def test_a_state_is_for_one_request_of_one_principal(served: Replica, record: Record) -> None:
    state, plain = state_of(await call(served, "invite", day="Friday")), state_of(await call(served, "invite"))
    strangers = [
        await call(served, "invite", {"guest": ALMA}, state, day="Sunday"),
        await call(served, "tidy", {"guest": ALMA}, plain),
        await call(served, "invite", {"guest": ALMA}, state, day="Friday", key=GUS, path=GLOBEX),
        await call(served, "invite", {"guest": ALMA}, state[:-8] + "AAAAAAAA", day="Friday"),
        await call(served, "invite", {"guest": ALMA}, "no state at all", day="Friday"),
        await call(served, "invite", {"guest": ALMA}, "", day="Friday"),
        await call(served, "invite", {"guest": ALMA}, "é" * 40, day="Friday"),
    ]
    kinds = {(refused["error"]["code"], str(refused["error"])) for refused in strangers}
    assert len(kinds) == 1, "nobody learns what was wrong with it"
    assert kinds.pop()[0] == -32602
    assert "Alma" in str(await call(served, "invite", {"guest": ALMA}, state, day="Friday"))


@pytest.mark.must("MUST-18.1")
async def test_a_state_expires(served: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(await call(served, "invite"))
    monkeypatch.setattr("mcp_runtime.input.state.time", lambda: 4_000_000_000.0)
    refused = await call(served, "invite", {"guest": ALMA}, state)
    assert refused["error"]["data"]["type"] == "request_state_refused"


@pytest.mark.must("MUST-18.3")
async def test_a_tool_that_may_have_effects_takes_answers_once(served: Replica) -> None:
    first = await call(served, "order")
    rounds = [call(served, "order", {"elicitation-1": ALMA}, state_of(first)) for _ in range(10)]
    answers = await asyncio.gather(*rounds)
    used = [answer["error"]["data"]["type"] for answer in answers if "error" in answer]
    assert (effects, used) == (["Alma"], ["request_state_used"] * 9)


@pytest.mark.must("MUST-18.3")
async def test_nobody_else_uses_a_state_up(served: Replica) -> None:
    state = state_of(await call(served, "order"))
    strange = await call(served, "order", {"elicitation-1": ALMA}, state, key=GUS, path=GLOBEX)
    assert strange["error"]["data"]["type"] == "request_state_refused"
    assert effects == []
    await call(served, "order", {"elicitation-1": ALMA}, state)
    assert effects == ["Alma"]


async def test_without_a_store_an_effect_waits(served: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    state = state_of(await call(served, "order"))
    monkeypatch.setattr(served.runtime.redis, "set", away)
    assert (await call(served, "order", {"elicitation-1": ALMA}, state))["error"]["data"]["type"] == "unavailable"
    assert effects == []


@pytest.mark.parametrize(
    "answer",
    [
        "Alma",
        {},
        {"action": "maybe"},
        {"action": "accept", "content": {"name": "A"}},
        {"action": "accept", "content": {"name": "Alma", "dish": "stone"}},
        {"action": "accept", "content": {"name": "A" * ANSWER_BYTES}},
    ],
)
async def test_what_is_no_answer_is_refused_and_the_state_stays_good(served: Replica, answer: Any) -> None:
    state = state_of(await call(served, "order"))
    refused = (await call(served, "order", {"elicitation-1": answer}, state))["error"]
    assert (refused["code"], refused["data"]) == (-32602, {"type": "invalid_params", "key": "elicitation-1"})
    assert effects == []
    await call(served, "order", {"elicitation-1": ALMA}, state)
    assert effects == ["Alma"]


async def test_answers_before_their_questions_are_taken_where_there_is_no_effect(served: Replica) -> None:
    assert "Alma" in str(await call(served, "invite", {"guest": ALMA, "unknown": ALMA}))
    assert "elicitation-1" in (await call(served, "order", {"elicitation-1": ALMA}))["result"]["inputRequests"]
    assert effects == []


@pytest.mark.must("MUST-15.1", "MUST-18.4", "MUST-29.4")
@pytest.mark.parametrize(
    ("declared", "name", "required"),
    [
        ({}, "invite", {"elicitation": {"form": {}}}),
        ({"elicitation": {"url": {}}}, "invite", {"elicitation": {"form": {}}}),
        ({"elicitation": {}}, "pay", {"elicitation": {"url": {}}}),
        ({"elicitation": {}, "roots": {}}, "survey", {"sampling": {}}),
        ({"elicitation": {}, "sampling": {}}, "survey", {"roots": {}}),
    ],
)
async def test_a_client_is_not_asked_what_it_did_not_declare(
    served: Replica, declared: dict[str, Any], name: str, required: dict[str, Any]
) -> None:
    response = await served.call(name, {}, meta={CAPABILITIES_META: declared}, headers={"Accept": "application/json"})
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["data"]["requiredCapabilities"]) == (400, -32021, required)


async def test_a_tool_may_do_without(served: Replica) -> None:
    assert "nobody to ask" in (await served.call("ask_if_possible", {})).text
    assert "never mind" in str(await call(served, "impatient"))


@pytest.mark.must("MUST-18.8")
async def test_a_function_that_ends_here_is_ended_in_order(served: Replica) -> None:
    await call(served, "tidy")
    assert effects == ["tidied"]


async def test_parameters_are_asked_for_before_the_function_begins(served: Replica) -> None:
    first = await call(served, "seat", table=7)
    assert (list(first["result"]["inputRequests"]), effects) == (["guest", "friend"], [])
    answers = {"guest": ALMA, "friend": {"action": "decline"}}
    seated = await call(served, "seat", answers, state_of(first), table=7)
    assert (seated["result"]["structuredContent"], effects) == ({"result": "7: Alma, alone"}, ["begun"])
    first = await call(served, "seat_from_thread")
    assert "Alma" in str(await call(served, "seat_from_thread", {"who": ALMA}, state_of(first)))


async def test_nobody_can_say_what_is_asked_for_as_an_argument(served: Replica) -> None:
    listed = (await served.modern("tools/list")).json()["result"]["tools"]
    (schema,) = [tool["inputSchema"] for tool in listed if tool["name"] == "seat"]
    assert list(schema["properties"]) == ["table"]
    refused = await call(served, "seat", table=7, guest={"name": "Alma"})
    assert refused["result"]["isError"]


async def test_a_parameter_that_is_needed_ends_the_call_where_it_is_declined(served: Replica) -> None:
    answers = {"guest": {"action": "decline"}, "friend": ALMA}
    result = (await call(served, "seat", answers, state_of(await call(served, "seat", table=7)), table=7))["result"]
    assert (result["isError"], effects) == (True, [])
    assert "Who sits there?" in result["content"][0]["text"]


@pytest.mark.must("MUST-18.5")
async def test_prompts_and_resources_ask_as_well(served: Replica) -> None:
    prompt = {"name": "speech", "arguments": {"about": "bees"}}
    state = state_of(await ask(served, "prompts/get", **prompt))
    answers = {"elicitation-1": {"action": "accept", "content": {"tone": "short"}}}
    got = await ask(served, "prompts/get", **prompt, inputResponses=answers, requestState=state)
    assert got["result"]["messages"][0]["content"]["text"] == "A short speech about bees"
    state = state_of(await ask(served, "resources/read", uri="party://list"))
    read = await ask(
        served, "resources/read", uri="party://list", inputResponses={"elicitation-1": ALMA}, requestState=state
    )
    assert read["result"]["contents"][0]["text"] == "Alma"
    bare = await served.modern("resources/read", params={"uri": "party://list"})
    assert (bare.status_code, bare.json()["error"]["code"]) == (400, -32021)


async def test_the_audit_says_that_a_call_asked_and_keeps_no_answer(served: Replica, publisher: Publisher) -> None:
    state = state_of(await call(served, "order"))
    await call(served, "order", {"elicitation-1": ALMA}, state)
    await ask(served, "resources/read", uri="party://list")
    kept = await flushed(served, publisher)
    ends = [(event.tool or event.method, event.outcome, event.reason) for event in kept]
    asked = [("order", "ok", "input_required"), ("order", "ok", ""), ("resources/read", "ok", "input_required")]
    assert ends == asked
    assert "Alma" not in str(kept)
