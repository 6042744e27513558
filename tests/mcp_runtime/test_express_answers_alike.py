"""The express lane answers every request as the general path does, and leaves the same trace in the audit."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mcp_runtime.edge.express_call import ExpressCall
from tests.mcp_runtime.cast import ADA, GUS, MAX, READER
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import GLOBEX, MODERN, VERSION_META, Replica, modern_request, replica
from tests.mcp_runtime.test_audit_trail import flushed

pytestmark = pytest.mark.anyio

CALL: dict[str, Any] = {"params": {"name": "echo", "arguments": {"text": "grüße 世界"}}}
NAMED = {"io.modelcontextprotocol/clientInfo": {"name": "a client", "version": "2"}}

ORDINARY: list[dict[str, Any]] = [
    CALL,
    {**CALL, "id": "a string"},
    {**CALL, "id": 2**70},
    {**CALL, "meta": NAMED},
    {**CALL, "meta": {**NAMED, "progressToken": 7, "traceparent": "00-1-2-01"}},
    {**CALL, "headers": {"User-Agent": "probe/1", "X-Forwarded-For": "1.2.3.4", "X-Whatever": "1"}},
    {**CALL, "headers": {"Accept": "*/*"}},
    {**CALL, "headers": {"Accept": "application/json"}},
    {**CALL, "headers": {"Content-Type": "application/json; charset=utf-8"}},
    {"params": {"name": "echo", "arguments": {"text": "Bearer canary0123456789"}}},
    {"params": {"name": "echo", "arguments": {"text": "two: things, https://example.com"}}},
    {**CALL, "meta": {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}}}},
    {"params": {"name": "complain", "arguments": {}}},
    {"params": {"name": "complain"}},
    {"params": {"name": "insist"}},
    {"params": {"name": "promise", "arguments": {}}},
    {"params": {"name": "fill", "arguments": {"length": 2_000_000}}},
    {"params": {"name": "fill", "arguments": {"length": 1024 * 1024 - 150}}},
    {"params": {"name": "pause", "arguments": {"turns": 3}}},
    {"params": {"name": "dawdle", "arguments": {}}},
    {**CALL, "key": READER},
    {**CALL, "key": GUS, "path": GLOBEX},
]
EXTRAORDINARY: list[dict[str, Any]] = [
    {"params": {"name": "echo", "arguments": {"text": "Bearer canary0123456789", "text2": 1}}},
    {"params": {"name": "echo", "arguments": {}}},
    {"params": {"name": "echo"}},
    {"params": {"name": "nothing", "arguments": {}}},
    {"params": {"name": "erase", "arguments": {"name": "x"}}},
    {**CALL, "key": MAX},
    {**CALL, "key": GUS},
    {**CALL, "key": "nonsense"},
    {**CALL, "path": "/mcp/acme/nowhere"},
    {**CALL, "path": "/mcp/acme/desk?x=1"},
    {**CALL, "headers": {"Mcp-Name": "other"}},
    {**CALL, "headers": {"Mcp-Name": "=?base64?ZWNobw==?="}},
    {**CALL, "headers": {"Mcp-Method": "tools/list"}},
    {**CALL, "headers": {"MCP-Protocol-Version": "2025-11-25"}},
    {**CALL, "headers": {"Accept": "text/html"}},
    {**CALL, "headers": {"Origin": "https://evil.example"}},
    {**CALL, "headers": {"Origin": "http://localhost:3000"}},
    {**CALL, "headers": {"Host": "evil.example"}},
    {**CALL, "headers": {"Content-Type": "text/plain"}},
    {**CALL, "headers": {"Content-Encoding": "gzip"}},
    {**CALL, "meta": {VERSION_META: "2025-11-25"}},
    {**CALL, "meta": {VERSION_META: 1}},
    {**CALL, "meta": {"io.modelcontextprotocol/clientCapabilities": None}},
    {**CALL, "meta": {"io.modelcontextprotocol/clientInfo": {"name": 7}}},
    {**CALL, "meta": {"io.modelcontextprotocol/logLevel": "loud"}},
    {**CALL, "meta": {"io.modelcontextprotocol/logLevel": "info"}},
    {**CALL, "meta": {"ProgressToken": 7}},
    {**CALL, "id": None},
    {**CALL, "id": 1.5},
    {**CALL, "id": "x" * 600},
    {"params": {"name": "echo", "arguments": {"text": [[[[[[[]]]]]] * 30]}}},
    {"params": {"name": "echo", "arguments": {"text": "x" * 70_000}}},
    {"params": {"name": "echo", "arguments": []}},
]


@pytest.fixture
async def general(served: Replica, record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """A replica under uvicorn's own protocol, known under the first one's public URL."""
    url = served.runtime.settings.public_url
    async with replica(record, empty_store, protocol=HttpToolsProtocol, public_url=url) as running:
        yield running


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tools whose calls have taken the lane."""
    tools: list[str] = []
    run = ExpressCall.run

    def watch(call: ExpressCall) -> Any:
        tools.append(call._tool.spec.name)
        return run(call)

    monkeypatch.setattr(ExpressCall, "run", watch)
    return tools


async def ask(running: Replica, options: dict[str, Any], host: str) -> tuple[int, str, dict[str, str]]:
    """Send one request; what came back, without what differs every time."""
    rest = {name: value for name, value in options.items() if name not in ("key", "path")}
    request = modern_request("tools/call", options.get("key", ADA), **rest)
    request["headers"].setdefault("Host", host)
    response = await running.http.post(options.get("path", "/mcp/acme/desk"), **request)
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "server")}
    return response.status_code, response.text, headers


async def warm(running: Replica, host: str) -> None:
    """Make every tool and key known, as after the first moments of a day."""
    for options in [*ORDINARY, {**CALL, "key": MAX}, {**CALL, "key": READER}]:
        await ask(running, options, host)


@pytest.mark.must("MUST-22.5")
async def test_every_request_gets_the_same_answer(
    served: Replica, general: Replica, taken: list[str], probe: Any
) -> None:
    host = served.http.base_url.netloc.decode()
    await warm(served, host)
    await warm(general, host)
    for options in [*ORDINARY, *EXTRAORDINARY]:
        before = len(taken)
        # Tokens are leased for half a second: the first call after a pause draws some the usual way.
        for _ in range(3):
            assert await ask(served, options, host) == await ask(general, options, host), options
        assert (len(taken) > before) is (options in ORDINARY), options


async def test_every_request_leaves_the_same_trace(
    served: Replica, general: Replica, publisher: Publisher, probe: Any
) -> None:
    host = served.http.base_url.netloc.decode()
    traces = []
    for running in (served, general):
        await warm(running, host)
        await flushed(running, publisher)
        await publisher.redis.flushall()
        for options in [*ORDINARY, *EXTRAORDINARY]:
            await ask(running, options, host)
        found = sorted(await flushed(running, publisher), key=lambda event: event.time)
        traces.append([msgspec.structs.replace(event, id="", time=0, duration_ms=0) for event in found])
        assert len({event.id for event in found}) == len(found)
        assert all(event.duration_ms > 0 and event.time > 0 for event in found)
    assert traces[0] == traces[1]
    assert len(traces[0]) > len(ORDINARY)


async def test_the_lane_knows_what_has_changed(
    served: Replica, record: Record, publisher: Publisher, taken: list[str]
) -> None:
    async def status() -> int:
        return (await served.call("echo", {"text": "x"})).status_code

    for _ in range(3):
        assert await status() == 200
    assert taken
    suspended = record.change_server("acme", "desk", status="suspended")
    await publisher.server(suspended)
    await served.runtime.changes._look()
    assert await status() == 404
    await publisher.server(record.change_server("acme", "desk", status="active"))
    await served.runtime.changes._look()
    renewed = msgspec.structs.replace(record.revoke(ADA), version=2)
    record.keep_key(ADA, renewed)
    await publisher.credential(ADA, renewed)
    await served.runtime.changes._look()
    before = len(taken)
    for _ in range(4):
        assert await status() == 200
    assert len(taken) > before
    gone = record.revoke(ADA)
    await publisher.revocation(ADA, gone.version + 1)
    await served.runtime.changes._look()
    assert await status() == 401
    assert MODERN == "2026-07-28"
