"""HTTP tools and their test button against hostile URLs and answers: nothing is connected to, nothing is held."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from msgspec import to_builtins

import egress.guard
import egress.resolver
from egress.addresses import Address, Public
from egress.door import Door
from egress.errors import REFUSED
from egress.guard import Outside as Ways
from egress.purposes import MB, RULES, Purpose
from mcp_runtime.calls.results import ERROR_META, ToolResult
from mcp_runtime.contract.http_tools import KIND, HttpToolConfig, PublishedHttpTool
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.http_tools.rules import check_config
from mcp_runtime.http_tools.trial import try_out
from tests.egress.conftest import Listen
from tests.egress.hostile_corpus import hostile
from tests.egress.outside import PUBLIC, URL, Outside, caller
from tests.egress.test_every_path import Switched
from tests.egress.test_hostile_streams import DEADLINE, ENDLESS, resident

pytestmark = pytest.mark.anyio

SCHEMA: dict[str, Any] = {"type": "object"}
LIMITED = replace(RULES[Purpose.TEST_BUTTON], limits=replace(RULES[Purpose.TEST_BUTTON].limits, deadline=DEADLINE))
Goes = Callable[[Door, HttpToolConfig], Awaitable[ToolResult]]


async def no_secret(*_: str) -> None:
    raise AssertionError


async def called(door: Door, config: HttpToolConfig) -> ToolResult:
    """As a client calls it, whatever was kept: the rules for definitions are left out."""
    published = to_builtins(PublishedHttpTool(tenant_id="acme", request=config))
    spec = ToolSpec(id="tool", name="t", input_schema=SCHEMA, kind=KIND, config=published, timeout_seconds=DEADLINE)
    return await HttpExecutor(door, no_secret).bind(spec)({}, None)


async def tried(door: Door, config: HttpToolConfig) -> ToolResult:
    """As the test button sends it."""
    return (await try_out(door, caller(Purpose.TEST_BUTTON), config, SCHEMA, {}, {})).result


WAYS: dict[str, Goes] = {"a call": called, "the test button": tried}


def reason_in(result: ToolResult) -> str:
    assert result.is_error
    assert result.meta is not None
    return str(result.meta[ERROR_META].get("reason", result.meta[ERROR_META]["type"]))


async def leaks(go: Goes, entries: Sequence[tuple[str, Sequence[Address]]]) -> tuple[list[str], int]:
    """The URLs for which a connection was made, or that were not refused; and how many the way out refused."""
    names = Switched()
    outside, found, at_the_door = Outside(names=names), [], 0
    for url, names.answer in entries:
        try:
            reason = reason_in(await go(outside.door(), HttpToolConfig(method="GET", url=url)))
        except DefinitionMistake:
            reason = ""
        at_the_door += reason in REFUSED
        if outside.recorder.connects or reason not in {"", "bad_argument", *REFUSED}:
            found.append(f"{url}: {reason}")
        outside.recorder.connects.clear()
    return found, at_the_door


@pytest.mark.parametrize("way", WAYS)
async def test_every_hostile_url_is_refused_and_nothing_is_connected_to(way: str) -> None:
    entries = hostile()
    assert len({url for url, _ in entries}) >= 500
    found, at_the_door = await leaks(WAYS[way], entries)
    assert found == []
    assert at_the_door >= 300, "the way out itself, not the template before it"


@pytest.mark.parametrize("way", WAYS)
async def test_a_hole_in_the_guard_would_be_seen(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress.resolver, "classify", lambda *_, **__: Public())
    found, _ = await leaks(WAYS[way], hostile()[::6])
    assert len(found) > 15


def test_what_can_not_be_a_url_is_no_definition_either() -> None:
    """The rest is refused with each call: what a name leads to can change."""
    refused = 0
    for url, leads_to in hostile():
        try:
            check_config(HttpToolConfig(method="GET", url=url), SCHEMA)
        except DefinitionMistake:
            refused += 1
            assert leads_to == [PUBLIC]
    assert refused >= 50


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ENDLESS)
async def test_an_answer_without_an_end_ends_by_the_deadline_and_takes_no_memory(
    listen: Listen, kind: str, way: str
) -> None:
    respond, reasons = ENDLESS[kind]
    outside = await listen(respond)
    ways = Ways(outside.names, outside.recorder, outside.trust, outside.names)
    door = Door(installation=outside.installation, outside=ways, rules={**RULES, Purpose.TEST_BUTTON: LIMITED})
    before, began = resident(), monotonic()
    result = await WAYS[way](door, HttpToolConfig(method="GET", url=URL))
    assert reason_in(result) in reasons | {"body_too_large", "redirected"}
    assert monotonic() - began < DEADLINE + 1
    assert resident() - before < 50 * MB
    assert {connection.fileno() for connection in outside.recorder.opened} == {-1}


@pytest.mark.parametrize("way", WAYS)
async def test_a_redirect_is_not_followed(listen: Listen, way: str) -> None:
    outside = await listen(b"HTTP/1.1 307 Away\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n")
    result = await WAYS[way](outside.door(), HttpToolConfig(method="GET", url=URL))
    assert reason_in(result) == "redirected"
    assert len(outside.recorder.connects) == 1
