"""A call of a tool of an upstream, with the accounts that there are: a link before, a person's own token after."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest
from django.db import connection

from mcp_runtime.calls.results import ERROR_META, ToolResult
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.upstreams import PublishedUpstreamItem, definition_digest
from mcp_runtime.toolkits.context import Cancellation, Context
from mcp_runtime.upstreams.executor import UpstreamExecutor
from mcp_runtime.upstreams.upstreams import Upstreams
from tenants.models import Upstream
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.upstream_accounts import DatabaseUpstreamAccounts
from tenants.services.upstream_accounts import upstream_account_disconnect
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstream_site import URL, Asked, Said, UpstreamSite
from tests.mcp_runtime.upstreams.world import Fakes
from tests.tenants.upstream_accounts.connecting import connected, spec_of, upstream_of, who

# The threads have connections of their own, so they see only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

TOOL: Final = {"name": "whoami", "description": "Says who asks.", "inputSchema": {"type": "object", "properties": {}}}
RESULTS: Final[dict[str, Any]] = {
    "server/discover": {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}},
    "tools/list": {"tools": [TOOL]},
    "tools/call": {"content": [{"type": "text", "text": "done"}]},
}


class Protected:
    """An MCP server that lets in whoever has a token that was given out, and has not been taken back. `calls` are the
    tokens that called; `wants` are scopes that it wants first."""

    def __init__(self, site: UpstreamSite) -> None:
        self.site = site
        self.challenge = site.documents[URL]
        self.taken_back: set[str] = set()
        self.calls: list[str] = []
        self.wants = ""

    def __call__(self, asked: Asked) -> Said:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.site.issued or token in self.taken_back:
            assert isinstance(self.challenge, Said)
            return self.challenge
        message = json.loads(asked.body)
        if message["method"] == "tools/call":
            self.calls.append(token)
            if self.wants:
                challenge = f'Bearer error="insufficient_scope", scope="{self.wants}"'
                return Said(status="403 Forbidden", headers={"WWW-Authenticate": challenge})
        return Said(
            {"jsonrpc": "2.0", "id": message["id"], "result": {"resultType": "complete", **RESULTS[message["method"]]}}
        )


@pytest.fixture
def protected(site: UpstreamSite) -> Protected:
    found = Protected(site)
    site.documents[URL] = found
    return found


class Replica:
    """Calls as a replica makes them, each of another one."""

    def __init__(self, site: UpstreamSite) -> None:
        self.threads = DatabaseThreads(threads=1 if connection.vendor == "sqlite" else 4)
        self.site = site

    def call(self, upstream: Upstream, person: Person | None) -> ToolResult:
        return asyncio.run(self._called(upstream, person))

    async def _called(self, upstream: Upstream, person: Person | None) -> ToolResult:
        door, fakes = self.site.door(), Fakes()
        accounts = DatabaseUpstreamAccounts(self.threads, door)
        upstreams = Upstreams(door, secret=fakes.secret, accounts=accounts, reports=fakes)
        spec = msgspec.structs.replace(spec_of(upstream), era="modern")
        item = PublishedUpstreamItem(upstream=spec, key="whoami", digest=definition_digest(TOOL))
        config: dict[str, Any] = msgspec.to_builtins(item)
        tool = ToolSpec(id="1", name="crm.whoami", description="", input_schema={}, kind="upstream", config=config)
        user = None if person is None else str(person.user.pk)
        tenant = str(upstream.tenant_id)
        context = Context(
            emit=lambda _: None,
            cancellation=Cancellation(),
            tenant=tenant,
            principal=f"{tenant}|{user}|client",
            call_id="call-1",
            user=user,
        )
        try:
            return await UpstreamExecutor(upstreams).bind(tool)({}, context)
        finally:
            await upstreams.aclose()


@pytest.fixture
def replica(site: UpstreamSite) -> Iterator[Replica]:
    found = Replica(site)
    yield found
    found.threads.close()


def failed(result: ToolResult) -> str:
    return str((result.meta or {}).get(ERROR_META, {}).get("type", ""))


def shown(result: ToolResult) -> str:
    return msgspec.json.encode(result).decode()


def test_a_person_is_told_where_to_connect_and_then_calls_as_themselves(
    cast: Cast, site: UpstreamSite, protected: Protected, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    result = replica.call(upstream, cast.max)
    assert failed(result) == "account_missing"
    assert f"/app/acme/accounts/{upstream.pk}/" in shown(result)
    assert site.asked == []
    connected(cast.max, upstream, site)
    connected(cast.ada, upstream, site)
    for person, token in ((cast.max, site.issued[0]), (cast.ada, site.issued[1])):
        result = replica.call(upstream, person)
        assert failed(result) == ""
        assert "done" in shown(result)
        assert protected.calls[-1] == token
    assert failed(replica.call(upstream, cast.gus)) == "account_missing"
    assert failed(replica.call(upstream, None)) == "account_missing"
    upstream_account_disconnect(**who(cast.max, upstream), door=site.door())
    assert failed(replica.call(upstream, cast.max)) == "account_missing"
    assert len(protected.calls) == 2


def test_what_the_upstream_takes_back_is_refreshed_once_and_then_said(
    cast: Cast, site: UpstreamSite, protected: Protected, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada, "oauth")
    connected(cast.ada, upstream, site)
    protected.taken_back = {site.issued[0]}
    assert failed(replica.call(upstream, cast.max)) == ""
    assert protected.calls == [site.issued[1]]
    protected.taken_back = set(site.issued)
    site.refresh_tokens.clear()
    result = replica.call(upstream, cast.max)
    assert failed(result) == "account_missing"
    assert f"/app/acme/upstreams/{upstream.pk}/account/" in shown(result)
    assert not any(token in shown(result) for token in site.issued)


def test_scopes_that_are_wanted_are_asked_for_when_it_is_connected_again(
    cast: Cast, site: UpstreamSite, protected: Protected, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    protected.wants = "write"
    result = replica.call(upstream, cast.max)
    assert failed(result) == "account_missing"
    assert f"/app/acme/accounts/{upstream.pk}/" in shown(result)
    protected.wants = ""
    assert connected(cast.max, upstream, site).scopes == ["read", "write"]
    assert failed(replica.call(upstream, cast.max)) == ""
