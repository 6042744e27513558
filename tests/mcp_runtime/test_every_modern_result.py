"""What every result of 2026-07-28 has, whichever method it answers (basic/index, server/utilities/caching)."""

from typing import Any, Final

import pytest

from mcp_runtime.methods.registry import MODERN
from tests.mcp_runtime.cast import tools
from tests.mcp_runtime.legacy_client import initialize_request, post
from tests.mcp_runtime.library import stock
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, events
from tests.mcp_runtime.tasks.asking import CALL, DECLARED

pytestmark = pytest.mark.anyio

CACHEABLE: Final[dict[str, dict[str, Any]]] = {
    "server/discover": {},
    "tools/list": {},
    "prompts/list": {},
    "resources/list": {},
    "resources/templates/list": {},
    "resources/read": {"uri": "shelf://motto"},
}
OTHERS: Final[dict[str, dict[str, Any]]] = {
    "tools/call": CALL,
    "prompts/get": {"name": "gallery"},
    "completion/complete": {
        "ref": {"type": "ref/prompt", "name": "guide"},
        "argument": {"name": "country", "value": ""},
    },
    "subscriptions/listen": {"notifications": {}},
    "tasks/get": {"taskId": ""},
    "tasks/update": {"taskId": "", "inputResponses": {}},
    "tasks/cancel": {"taskId": ""},
}


@pytest.fixture
def record(record: Record) -> Record:
    """Servers with everything that a server can have."""
    stock(record)
    record.change_server("acme", "desk", tools=tools(wait={"mode": "background"}))
    return record


async def results(served: Replica) -> dict[str, Any]:
    """The result of each method."""
    created = (await served.modern("tools/call", params=CALL, meta=DECLARED)).json()["result"]
    found = {}
    for method, params in (CACHEABLE | OTHERS).items():
        named = {**params, "taskId": created["taskId"]} if "taskId" in params else params
        answer = await served.modern(method, params=named, meta=DECLARED)
        message = answer.json() if answer.text.startswith("{") else events(answer.text)[-1]
        assert "result" in message, (method, message)
        found[method] = message["result"]
    return found


@pytest.mark.must("MUST-05a.1", "MUST-28.8")
async def test_each_says_of_which_type_it_is(served: Replica) -> None:
    assert (CACHEABLE | OTHERS).keys() == MODERN.keys()
    types = {method: result["resultType"] for method, result in (await results(served)).items()}
    assert types == {method: "task" if method == "tools/call" else "complete" for method in MODERN}


@pytest.mark.must("MUST-17.2", "MUST-17.3")
async def test_lists_and_what_is_read_say_how_long_they_may_be_kept_and_for_whom(served: Replica) -> None:
    for method, result in (await results(served)).items():
        if method in CACHEABLE:
            assert type(result["ttlMs"]) is int, method
            assert (result["ttlMs"] >= 0, result["cacheScope"]) == (True, "private"), method
        else:
            assert "cacheScope" not in result, method


@pytest.mark.must("MUST-17.1")
async def test_no_list_depends_on_what_was_said_before(served: Replica, beside: Replica) -> None:
    first = {method: (await served.modern(method, params=params)).json() for method, params in CACHEABLE.items()}
    await results(served)
    for running in (served, beside):
        for method, params in CACHEABLE.items():
            again = await running.modern(method, params=params, meta=DECLARED, headers={"Connection": "close"})
            assert again.json() == first[method]


@pytest.mark.must("MUST-21.4", "MUST-22.6")
async def test_what_is_served_is_declared_in_either_era(served: Replica) -> None:
    declared = (await served.modern("server/discover")).json()["result"]["capabilities"]
    agreed = (await post(served, initialize_request())).json()["result"]["capabilities"]
    for capabilities in (declared, agreed):
        assert {"tools", "logging", "resources", "prompts", "completions"} <= capabilities.keys()
