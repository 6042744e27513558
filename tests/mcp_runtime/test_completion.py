"""Suggestions for arguments of prompts and variables of templates: bounded, checked, and for nobody else."""

from typing import Any

import pytest

from mcp_runtime.contract.limits import Rate
from tests.mcp_runtime.cast import GUS
from tests.mcp_runtime.library import ERAS, ask, error_of, result_of, stock
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio

GUIDE = {"type": "ref/prompt", "name": "guide"}
BOOK = {"type": "ref/resource", "uri": "shelf://books/{title}"}


@pytest.fixture
def record(record: Record) -> Record:
    stock(record)
    return record


def completing(ref: dict[str, Any], name: str, value: str, **known: str) -> dict[str, Any]:
    context = {"context": {"arguments": known}} if known else {}
    return {"ref": ref, "argument": {"name": name, "value": value}, **context}


@pytest.mark.parametrize("era", ERAS)
async def test_values_begin_with_what_was_typed(served: Replica, era: str) -> None:
    found = await result_of(served, era, "completion/complete", **completing(GUIDE, "country", "F"))
    assert found["completion"] == {"values": ["fr"], "total": 1, "hasMore": False}
    assert not {"ttlMs", "cacheScope"} & found.keys()


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_known_already_narrows_what_is_suggested(served: Replica, era: str) -> None:
    ask_for = completing(GUIDE, "town", "br", country="fr", planet="ignored")
    assert (await result_of(served, era, "completion/complete", **ask_for))["completion"]["values"] == ["brest"]
    nothing = await result_of(served, era, "completion/complete", **completing(GUIDE, "town", "br"))
    assert nothing["completion"] == {"values": [], "total": 0, "hasMore": False}


@pytest.mark.parametrize("era", ERAS)
async def test_never_more_than_a_hundred_values(served: Replica, era: str) -> None:
    found = (await result_of(served, era, "completion/complete", **completing(BOOK, "title", "x")))["completion"]
    assert (len(found["values"]), found["total"], found["hasMore"]) == (100, 250, True)
    told = (await result_of(served, era, "completion/complete", **completing(GUIDE, "number", "")))["completion"]
    assert told == {"values": ["a", "b"], "total": 7000, "hasMore": True}


@pytest.mark.parametrize("era", ERAS)
async def test_an_argument_that_nothing_is_known_of_has_no_suggestions(served: Replica, era: str) -> None:
    found = await result_of(served, era, "completion/complete", **completing(GUIDE, "style", "l"))
    assert found["completion"] == {"values": [], "total": 0, "hasMore": False}


INVALID: tuple[dict[str, Any], ...] = (
    {},
    {"ref": GUIDE},
    {"ref": GUIDE, "argument": {"name": "country"}},
    {"ref": GUIDE, "argument": {"name": "country", "value": 7}},
    {"ref": GUIDE, "argument": "country"},
    {"ref": {"type": "ref/tool", "name": "guide"}, "argument": {"name": "country", "value": ""}},
    {"ref": {"type": "ref/prompt"}, "argument": {"name": "country", "value": ""}},
    {"ref": "guide", "argument": {"name": "country", "value": ""}},
    {**completing(GUIDE, "country", ""), "context": {"arguments": {"town": 7}}},
    {**completing(GUIDE, "country", ""), "context": "none"},
    completing(GUIDE, "planet", ""),
    completing(GUIDE, "country", "x" * 1_001),
    completing({"type": "ref/prompt", "name": "absent"}, "country", ""),
    completing({"type": "ref/resource", "uri": "shelf://absent/{title}"}, "title", ""),
    completing({"type": "ref/resource", "uri": "shelf://motto"}, "title", ""),
)


@pytest.mark.must("MUST-23.1")
@pytest.mark.parametrize("era", ERAS)
async def test_whatever_does_not_fit_is_invalid(served: Replica, era: str) -> None:
    for params in INVALID:
        assert (await error_of(served, era, "completion/complete", **params))["code"] == -32602, params


@pytest.mark.must("MUST-23.3")
@pytest.mark.parametrize("era", ERAS)
async def test_a_crash_shows_nothing(served: Replica, era: str) -> None:
    response = await ask(served, era, "completion/complete", **completing(GUIDE, "street", ""))
    assert (response.status_code, response.json()["error"]["code"]) == (200, -32603)
    assert "canary" not in response.text


@pytest.mark.must("MUST-23.3")
async def test_an_outsider_completes_nothing_of_acme(served: Replica) -> None:
    params = completing(GUIDE, "country", "")
    assert (await result_of(served, "2026-07-28", "completion/complete", GUS, GLOBEX, **params))["completion"]["values"]
    refused = await served.modern("completion/complete", GUS, ACME, params=params)
    absent = await served.modern("completion/complete", GUS, "/mcp/nobody/nothing", params=params)
    assert (refused.status_code, refused.content) == (401, absent.content)


@pytest.mark.must("MUST-23.2")
async def test_completing_is_limited_like_every_request(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", rate=Rate(0.001, 2))
    params = completing(GUIDE, "country", "")
    statuses = [(await served.modern("completion/complete", params=params)).status_code for _ in range(4)]
    assert statuses[-1] == 429
