"""A server of the MCP SDK, read over a socket: approved, changed by one byte, quarantined, approved again."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from mcp_runtime.upstreams.reader import BlockingReader
from tenants.catalogue import tool_catalogue
from tenants.models import Upstream
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.services.upstream_items import upstream_items_add
from tenants.services.upstream_reading import Turn, upstream_read
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import approve, connected, definitions
from tests.mcp_runtime.upstreams.world import INSIDE, URL, outside
from tests.tenants.upstreams import readers


def described(description: str) -> Any:
    """A server with one tool."""
    server = MCPServer("Tracker")

    async def create_issue(title: str) -> str:
        return title

    server.add_tool(create_issue, description=description)
    open_to_all = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(transport_security=open_to_all)


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """On a port of loopback, in a thread."""
    runs = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = Thread(target=lambda: asyncio.run(runs.serve(sockets=[listening])))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            runs.should_exit = True
            thread.join(10)


def read(person: Person, upstream: Upstream, description: str) -> dict[str, str]:
    """What its server's snapshot says of its tools, once it was read with this description."""
    with serving(described(description)) as port:
        readers.DOOR_READER.reader = BlockingReader(lambda: outside(port).door())
        upstream_read(turn=Turn(person.company.tenant.pk, upstream.pk))
    with tenant_scope(person.company.tenant):
        assert Upstream.objects.get(pk=upstream.pk).reason_text == ""
        server = person.company.server
        server.refresh_from_db()
        specs = build_snapshot(server=server, catalogue=tool_catalogue()).tools
    return {spec.name: spec.description for spec in specs if spec.kind == "upstream"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_one_byte_of_a_real_servers_description_takes_its_tool_away(cast: Cast, settings: Any) -> None:
    settings.EGRESS = INSIDE
    settings.UPSTREAM_READER = f"{readers.__name__}.DOOR_READER"
    upstream = connected(cast.ada, url=URL)
    assert read(cast.ada, upstream, "Creates an issue.") == {}
    approve(cast.ada, upstream)
    ids = [row.pk for row in definitions(cast.ada, upstream).values()]
    company = cast.acme
    upstream_items_add(tenant=company.tenant, actor=cast.ada.actor, server=company.server, definition_ids=ids)
    assert read(cast.ada, upstream, "Creates an issue.") == {"tracker.create_issue": "Creates an issue."}
    assert read(cast.ada, upstream, "Creates an issue!") == {}
    approve(cast.ada, upstream)
    assert read(cast.ada, upstream, "Creates an issue!") == {"tracker.create_issue": "Creates an issue!"}
