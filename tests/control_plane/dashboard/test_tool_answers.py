"""How long a tool's answers are given again, and the upstream behind it that is left alone."""

from time import time
from typing import Any

import pytest

from control_plane.upstream_states import left_alone
from mcp_runtime.contract.breakers import BreakerReport, breakers_key, encode_breaker
from mcp_runtime.contract.http_tools import HttpToolConfig, HttpToolDefinition
from mcp_runtime.contract.tools import ToolAnnotations
from tenants.models import ServerTool
from tenants.scope import tenant_scope
from tenants.services.http_tools import http_tool_create
from tests.control_plane.dashboard.pages import signed_in_client
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast, Person

SERVER = "/app/acme/servers/demo/"
TOOLS = f"{SERVER}tools/"


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def weather(person: Person) -> ServerTool:
    """A tool that asks an API."""
    definition = HttpToolDefinition(
        name="weather",
        input_schema={"type": "object"},
        annotations=ToolAnnotations(read_only_hint=True),
        request=HttpToolConfig(method="GET", url="https://api.example.com/v1/weather"),
    )
    company = person.company
    return http_tool_create(tenant=company.tenant, actor=person.actor, server=company.server, definition=definition)


def test_answers_of_what_only_reads_can_be_kept(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert "Give an answer again for" in client.get(f"{TOOLS}count/").content.decode()
    client.post(f"{TOOLS}count/", {"name": "count", "cache_seconds": "60", "cache_public": "on"})
    row = tool(cast.ada, "count")
    assert (row.cache_seconds, row.cache_public) == (60.0, True)
    client.post(f"{TOOLS}count/", {"name": "count"})
    row = tool(cast.ada, "count")
    assert (row.cache_seconds, row.cache_public) == (None, False)
    assert client.post(f"{TOOLS}count/", {"name": "count", "cache_seconds": "86401"}).status_code == 422


def test_a_tool_that_may_have_effects_has_no_such_fields(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert "Give an answer again for" not in client.get(f"{TOOLS}shout/").content.decode()
    client.post(f"{TOOLS}shout/", {"name": "shout", "cache_seconds": "60"})
    assert tool(cast.ada, "shout").cache_seconds is None


@pytest.mark.parametrize(("name", "seconds", "status"), [("count", 60, 200), ("count", 0, 400), ("shout", 60, 400)])
def test_the_same_holds_in_the_api(ada_api: Asker, cast: Cast, name: str, seconds: float, status: int) -> None:
    answer = ada_api.patch(f"tenants/acme/servers/demo/tools/{name}", {"cache_seconds": seconds, "cache_public": True})
    assert answer.status_code == status
    if status == 200:
        assert (answer.json()["cache_seconds"], answer.json()["cache_public"]) == (60, True)


def test_an_upstream_that_is_left_alone_is_shown_to_its_own_tenant(cast: Cast, store: Any) -> None:
    mine, theirs = weather(cast.ada), weather(cast.gus)
    target, now = "http https://api.example.com", time()
    report = BreakerReport(
        tenant_id=str(cast.acme.tenant.pk),
        target=target,
        is_open=True,
        since=now - 60,
        until=now + 60,
        reason="status_503",
    )
    store.hset(breakers_key(report.tenant_id), target, encode_breaker(report))
    client = signed_in_client(cast.ada)
    for page in (SERVER, f"{TOOLS}weather/"):
        text = client.get(page).content.decode()
        assert "https://api.example.com is left alone." in text
        assert "it answered 503" in text
    assert "is left alone" not in client.get(f"{TOOLS}count/").content.decode()
    gus = signed_in_client(cast.gus)
    for page in (SERVER, f"{TOOLS}weather/"):
        assert "is left alone" not in gus.get(page.replace("acme", "globex")).content.decode()
    assert left_alone(tenant=cast.globex.tenant, tools=[theirs, mine]) == []
    [shown] = left_alone(tenant=cast.acme.tenant, tools=[mine])
    assert (shown.state, shown.tools) == ("open", ("weather",))
