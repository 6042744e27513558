"""A client that connects or lists is told to the audit, so that people see it before it calls anything."""

import pytest

from tests.mcp_runtime.cast import MAX
from tests.mcp_runtime.legacy_client import initialize
from tests.mcp_runtime.record import Publisher
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.test_audit_trail import flushed

pytestmark = pytest.mark.anyio

CLIENT_META = "io.modelcontextprotocol/clientInfo"
EDITOR = {CLIENT_META: {"name": "editor", "version": "2"}}


@pytest.mark.parametrize("method", ["server/discover", "tools/list"])
async def test_a_modern_client_is_told_when_it_looks_around(served: Replica, publisher: Publisher, method: str) -> None:
    await served.modern(method, meta=EDITOR, id="first")
    (event,) = await flushed(served, publisher)
    assert (event.method, event.tool, event.outcome, event.phase) == (method, "", "ok", "outcome")
    assert (event.tenant_id, event.server_id, event.user) == ("id-of-acme", "id-of-acme-desk", "id-of-ada")
    assert (event.client_name, event.request_id, event.protocol_version) == ("editor/2", "first", "2026-07-28")


async def test_a_legacy_client_is_told_when_it_connects(served: Replica, publisher: Publisher) -> None:
    session = await initialize(served)
    (event,) = await flushed(served, publisher)
    assert (event.method, event.client_name, event.session) == ("initialize", "old client/1", session[:8])


async def test_it_is_told_once_a_minute_for_each_person_and_kind_of_client(
    served: Replica, publisher: Publisher
) -> None:
    for _ in range(3):
        await served.modern("tools/list", meta=EDITOR)
    await served.modern("tools/list")
    await served.modern("tools/list", MAX, meta=EDITOR)
    told = [(event.user, event.client_name) for event in await flushed(served, publisher)]
    assert told == [("id-of-ada", "editor/2"), ("id-of-ada", ""), ("id-of-max", "editor/2")]


async def test_a_refused_client_is_no_arrival(served: Replica, publisher: Publisher) -> None:
    await served.modern("tools/list", "nobody's key")
    await served.modern("tools/list", params={"cursor": "made-up"})
    assert await flushed(served, publisher) == []


async def test_arrivals_are_not_counted_as_calls(served: Replica) -> None:
    await served.modern("tools/list")
    await served.call("echo", {"text": "x"})
    assert served.runtime.audit.events_total == 1
    assert "atrium_audit_events_total 1.0" in (await served.http.get("/metrics")).text
