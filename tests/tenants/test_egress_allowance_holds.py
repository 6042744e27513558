"""Whatever goes out on a tenant's account is held to its list, whichever way it takes; another tenant's is not."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.cache import cache

from control_plane import egress_audit, openapi_documents, tool_trials
from control_plane.openapi_documents import document_fetched
from control_plane.tool_trials import tool_tried
from egress.errors import EgressError
from egress.guard import Outside as Ways
from mcp_runtime.contract.fan_out import FanOutDefinition, ModelBackend
from mcp_runtime.contract.http_tools import KIND
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.fan_out.executor import FanOutExecutor
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.upstreams.channel import Channel
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.reader import BlockingReader
from tenants.errors import ApplicationError
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.services.egress_allowances import egress_allowance_set
from tenants.services.fan_out_tools import fan_out_tool_create
from tenants.services.upstream_authorizations import upstream_authorization_discover
from tenants.services.upstream_reading import Turn, upstream_read
from tenants.tool_kinds import tool_config
from tenants.upstreams.published import upstream_spec
from tests.egress.outside import INSTALLATION, Outside
from tests.fixtures.cast import Cast, Person
from tests.fixtures.http_tools import definition, tool_made
from tests.fixtures.upstreams import connected
from tests.tenants.upstreams import readers

Way = Callable[[Person, Outside, Any], None]


def who(person: Person) -> dict[str, Any]:
    with tenant_scope(person.company.tenant):
        return {"tenant": Tenant.objects.get(), "actor": person.actor}


def ways(outside: Outside) -> Ways:
    return Ways(outside.names, outside.recorder, outside.trust, outside.names)


@pytest.fixture(autouse=True)
def read_through_a_door(settings: Any) -> None:
    settings.UPSTREAM_READER = f"{readers.__name__}.DOOR_READER"
    settings.EGRESS = INSTALLATION
    cache.clear()


async def no_secret(tenant: str, name: str) -> Any:
    raise AssertionError


def run(row: Any, tenant: Tenant, outside: Outside, kind: str = KIND) -> None:
    """One call of a tool as it is published now."""
    with tenant_scope(tenant):
        config = tool_config(row, tenant.egress_allowance)
    spec = ToolSpec(id=str(row.pk), name=row.name, input_schema={}, kind=kind, config=config)
    http = HttpExecutor(outside.door(), no_secret).bind
    if kind == KIND:
        asyncio.run(http(spec)({"id": "7"}, None))
    else:
        context = type("Silent", (), {"progress": lambda *_: None, "siblings": None})()
        asyncio.run(FanOutExecutor(http, lambda _, bound: bound).bind(spec)({"prompt": "?"}, context))


def call(person: Person, outside: Outside, _: Any) -> None:
    run(tool_made(person), who(person)["tenant"], outside)


def models(person: Person, outside: Outside, _: Any) -> None:
    backend = ModelBackend(name="one", style="openai", base_url="https://api.example.com/v1", model="m")
    asking = FanOutDefinition(name="ask", strategy="first_available", backends=(backend,))
    row = fan_out_tool_create(**who(person), server=person.company.server, definition=asking)
    run(row, who(person)["tenant"], outside, "fan_out")


def trial(person: Person, outside: Outside, monkeypatch: Any) -> None:
    monkeypatch.setattr(tool_trials, "outside", ways(outside))
    monkeypatch.setattr(tool_trials.EgressDenials, "__call__", lambda _, denial: outside.denials.append(denial))
    tool_tried(**who(person), server=person.company.server, definition=definition(), arguments={"id": "7"})


def document(person: Person, outside: Outside, monkeypatch: Any) -> None:
    monkeypatch.setattr(openapi_documents, "outside", ways(outside))
    monkeypatch.setattr(egress_audit.EgressDenials, "__call__", lambda _, denial: outside.denials.append(denial))
    document_fetched(**who(person), url="https://api.example.com/openapi.json")


def upstream_call(person: Person, outside: Outside, _: Any) -> None:
    upstream = connected(person)
    channel = Channel(outside.door(), upstream_spec(upstream, who(person)["tenant"].egress_allowance))

    async def send() -> None:
        async with channel.open(Credentials((), ()), {}, body=b"{}"):
            pass

    asyncio.run(send())


def upstream_reading(person: Person, outside: Outside, monkeypatch: Any) -> None:
    monkeypatch.setattr(readers.DOOR_READER, "reader", BlockingReader(outside.door))
    upstream_read(turn=Turn(person.company.tenant.pk, connected(person).pk))


def sign_in(person: Person, outside: Outside, _: Any) -> None:
    upstream = connected(person, auth="oauth")
    upstream_authorization_discover(**who(person), upstream_id=upstream.pk, door=outside.door())


WAYS: dict[str, tuple[Way, str]] = {
    "call": (call, "POST"),
    "models": (models, "GET"),
    "trial": (trial, "POST"),
    "document": (document, "POST"),
    "upstream_call": (upstream_call, "GET"),
    "upstream_reading": (upstream_reading, "GET"),
    "sign_in": (sign_in, "DELETE"),
}
"""Each with a method that it does not use."""


def reasons(way: Way, person: Person, monkeypatch: Any) -> tuple[set[str], int]:
    """Why it was refused, and how many connections were asked for."""
    outside = Outside()
    with suppress(ApplicationError, UpstreamUnreachable, EgressError):
        way(person, outside, monkeypatch)
    return {denial.reason for denial in outside.denials}, len(outside.recorder.connects)


@pytest.mark.parametrize("name", WAYS)
def test_each_way_out_is_held_to_the_list_of_hosts(cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    egress_allowance_set(**who(cast.ada), hosts=["other.example.com"], methods=None)
    assert reasons(WAYS[name][0], cast.ada, monkeypatch) == ({"host_not_allowed"}, 0)
    refused, connects = reasons(WAYS[name][0], cast.gus, monkeypatch)
    assert (refused, connects > 0) == (set(), True)


@pytest.mark.parametrize("name", WAYS)
def test_each_way_out_is_held_to_the_list_of_methods(cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    way, other = WAYS[name]
    egress_allowance_set(**who(cast.ada), hosts=["*.example.com"], methods=[other])
    assert reasons(way, cast.ada, monkeypatch) == ({"method_not_allowed"}, 0)
