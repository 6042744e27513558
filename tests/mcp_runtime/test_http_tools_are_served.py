"""HTTP tools through a replica: called like any other tool, each tenant with its own secrets, refusals in the audit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import json, to_builtins

from mcp_runtime.contract.http_tools import KIND, PublishedHttpTool
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.replica.egress_denials import EgressDenials
from tests.egress.conftest import TLS, Listen, listen
from tests.egress.outside import Outside
from tests.fixtures.http_tools import SCHEMA, definition, signed
from tests.mcp_runtime.cast import GUS, server
from tests.mcp_runtime.http_tools.test_calls import Upstream, said
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import GLOBEX, Replica, replica

__all__ = ["listen"]
assert TLS

pytestmark = pytest.mark.anyio

VALUES = {"id-of-acme": "of-acme-4711", "id-of-globex": "of-globex-4711"}


def tool(tenant: str, name: str = "get_item", **request: Any) -> ToolSpec:
    published = PublishedHttpTool(tenant_id=f"id-of-{tenant}", request=definition(name, **request).request)
    return ToolSpec(
        id=f"id-of-{tenant}-{name}",
        name=name,
        input_schema=SCHEMA,
        annotations=ToolAnnotations(open_world_hint=True),
        kind=KIND,
        config=to_builtins(published),
    )


async def secret(tenant_id: str, name: str) -> SecretValue | None:
    return SecretValue(name, 1, VALUES[tenant_id]) if name == "crm-token" else None


@pytest.fixture
def upstream() -> Upstream:
    return Upstream(lambda _, head: said({"path": head.split(b" ")[1].decode()}))


@pytest.fixture
async def outside(listen: Listen, upstream: Upstream) -> Outside:
    return await listen(upstream)


@pytest.fixture
async def served(record: Record, empty_store: str, outside: Outside) -> AsyncIterator[Replica]:
    for tenant in ("acme", "globex"):
        own = tool(tenant, constants=signed()), tool(tenant, "away", url="https://10.0.0.1/{id}")
        record.snapshots[tenant, "desk"] = server(tenant, tools=own)
    async with replica(record, empty_store) as running:
        door = outside.door()
        running.runtime.executors[KIND] = HttpExecutor(door, secret).bind
        yield running


async def test_a_call_is_answered_and_each_tenant_sends_its_own_secret(served: Replica, upstream: Upstream) -> None:
    for key, path, value in (("ada-key", "/mcp/acme/desk", "of-acme-4711"), (GUS, GLOBEX, "of-globex-4711")):
        answer = await served.call("get_item", {"id": "a b"}, key, path=path)
        result = json.decode(answer.text.split("data: ")[-1])["result"]
        assert result["structuredContent"] == {"path": "/v1/items/a%20b"}
        assert f"Bearer {value}".encode() in upstream.requests[-1]
        assert value not in answer.text
    assert (await served.call("get_item", {"id": "7"}, GUS)).status_code in (401, 404)
    assert len(upstream.requests) == 2


async def test_a_refused_way_out_stands_in_the_audit_with_reason_and_host(
    served: Replica, record: Record, outside: Outside
) -> None:
    answer = await served.call("away", {"id": "7"})
    assert "egress_refused" in answer.text
    outcome = record.committed[-1]
    assert (outcome.tool, outcome.outcome, outcome.tenant_id) == ("away", "tool_error", "id-of-acme")
    assert outcome.reason == "egress_refused: host_is_address 10.0.0.1"
    assert outside.recorder.connects == []
    [denial] = outside.denials
    assert (denial.tenant, denial.owner, denial.host) == ("id-of-acme", "id-of-acme-away", "10.0.0.1")
    EgressDenials(served.runtime.metrics.egress_denials)(denial)
    assert b'atrium_egress_denials_total{reason="host_is_address"} 1.0' in served.runtime.metrics.render()
