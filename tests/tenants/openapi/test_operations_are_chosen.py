"""Chosen operations become tools of a server, all or none, under names that are free there."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.http_tools import PublishedHttpTool
from mcp_runtime.contract.names import RESERVED_TOOL_NAMES
from tenants.errors import InvalidValueError, LimitReachedError, NotFoundError
from tenants.models import ServerTool
from tenants.models.secret import SecretUse
from tenants.openapi.naming import free_name
from tenants.publishing.drain import outbox_drain
from tenants.scope import tenant_scope
from tenants.selectors.openapi_operations import operation_get, operations_shown
from tenants.selectors.openapi_sources import openapi_import
from tenants.services.openapi_import import openapi_tools_create
from tests.fixtures.cast import Cast
from tests.tenants.openapi.keeping import kept, made, stored, tools_of, which
from tests.tenants.openapi.shop import SHOP
from tests.tenants.published import published_server

MANY: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Many"},
    "servers": [{"url": "https://many.example"}],
    "paths": {f"/things/{number}": {"get": {"operationId": f"thing_{number}"}} for number in range(201)},
}


def test_chosen_operations_are_published_as_tools_with_their_secrets_by_name(cast: Cast, store: Any) -> None:
    stored(cast.ada, "token")
    source = kept(cast.ada)
    tools = made(cast.ada, source, "GET /orders/{orderId}", "POST /login")
    assert [(tool.name, tool.operation) for tool in tools] == [
        ("orders_get", "GET /orders/{orderId}"),
        ("login", "POST /login"),
    ]
    outbox_drain()
    snapshot = published_server(store, "acme/demo")
    assert snapshot is not None
    published = {tool.name: tool for tool in snapshot.tools if tool.kind == "http"}
    assert set(published) == {"orders_get", "login"}
    config = msgspec.convert(published["orders_get"].config, PublishedHttpTool)
    assert config.request.url == "https://eu.shop.example/v2/orders/{orderId}"
    assert config.request.constants[0].value == "Bearer {{secret.token}}"
    with tenant_scope(cast.acme.tenant):
        assert [use.object_id for use in SecretUse.objects.filter(name="token")] == [tools[0].pk]


def test_a_missing_secret_keeps_all_of_them_out_and_is_named(cast: Cast) -> None:
    source = kept(cast.ada)
    with pytest.raises(InvalidValueError, match="Store these secrets first, or choose others: key, token") as refused:
        made(cast.ada, source, "POST /login", "GET /orders/{orderId}", "DELETE /orders/{orderId}")
    assert refused.value.extra == {"field": "secret_names"}
    assert tools_of(cast.ada, source) == {}


@pytest.mark.parametrize(
    ("key", "refusal", "words"),
    [
        ("GET /pictures", InvalidValueError, "GET /pictures: .*signed"),
        ("PATCH /pictures", InvalidValueError, "another document"),
        ("GET /nowhere", NotFoundError, "no such operation"),
        ("\x00", NotFoundError, "no such operation"),
    ],
)
def test_one_that_can_not_be_made_keeps_all_of_them_out(
    cast: Cast, key: str, refusal: type[Exception], words: str
) -> None:
    source = kept(cast.ada)
    with pytest.raises(refusal, match=words):
        made(cast.ada, source, "POST /login", key)
    assert tools_of(cast.ada, source) == {}


def test_none_chosen_is_refused_and_one_that_is_here_stays_as_it_is(cast: Cast) -> None:
    source = kept(cast.ada)
    with pytest.raises(InvalidValueError, match="at least one"):
        made(cast.ada, source)
    [tool] = made(cast.ada, source, "POST /login", "POST /login")
    assert made(cast.ada, source, "POST /login") == []
    assert [row.pk for row in tools_of(cast.ada, source).values()] == [tool.pk]


def test_the_same_api_twice_and_names_that_are_taken(cast: Cast) -> None:
    first, second, third = kept(cast.ada), kept(cast.ada), kept(cast.ada)
    [one] = made(cast.ada, first, "POST /login")
    [two] = made(cast.ada, second, "POST /login")
    [three] = made(cast.ada, third, "POST /login")
    assert one.name == "login"
    assert len({one.name, two.name, three.name}) == 3
    reserved = sorted(RESERVED_TOOL_NAMES)[0]
    with tenant_scope(cast.acme.tenant):
        builtin = ServerTool.objects.filter(kind="builtin")[0].name
    paths = {"/a": {"get": {"operationId": reserved}}, "/b": {"get": {"operationId": builtin}}}
    [four, five] = made(cast.ada, kept(cast.ada, {**MANY, "paths": paths}), "GET /a", "GET /b")
    assert four.name.startswith(f"{reserved}_")
    assert five.name.startswith(f"{builtin}_")
    assert all(len(tool.name) <= 64 for tool in (one, two, three, four, five))


def test_a_free_name_is_found_however_many_are_taken() -> None:
    taken: set[str] = set()
    for _ in range(30):
        taken.add(free_name("x" * 64, "GET /x", taken))
    assert len(taken) == 30
    assert {len(name) for name in taken} <= set(range(58, 65))


def test_a_server_has_room_for_so_many(cast: Cast) -> None:
    source = kept(cast.ada, MANY)
    keys = [each.key for each in openapi_import(source).outlines()]
    with pytest.raises(LimitReachedError, match="200 tools"):
        openapi_tools_create(**which(cast.ada), source=source, operations=keys)
    assert tools_of(cast.ada, source) == {}
    openapi_tools_create(**which(cast.ada), source=source, operations=keys[:20], background=True)
    assert {tool.mode for tool in tools_of(cast.ada, source).values()} == {"background"}


def test_a_list_says_of_each_what_it_becomes_or_why_not(cast: Cast) -> None:
    source = kept(cast.ada)
    made(cast.ada, source, "POST /login")
    with tenant_scope(cast.acme.tenant):
        reading = openapi_import(source)
        rows = operations_shown(server=cast.acme.server, source=source, reading=reading, outlines=reading.outlines())
        with pytest.raises(NotFoundError):
            operation_get(server=cast.acme.server, source=source, reading=reading, key="GET /nowhere")
    found = {row.outline.key: row for row in rows}
    assert len(found) == sum(len({*item} - {"parameters"}) for item in SHOP["paths"].values())
    assert found["POST /login"].tool is not None
    assert not found["POST /login"].is_open
    assert found["GET /orders/{orderId}"].is_open
    assert "another document" in found["PATCH /pictures"].problem
    assert "signed" in found["GET /pictures"].problem


def test_a_tool_of_a_document_is_an_ordinary_tool(cast: Cast) -> None:
    source = kept(cast.ada)
    made(cast.ada, source, "POST /login")
    with tenant_scope(cast.acme.tenant):
        row = ServerTool.objects.get(openapi_source_id=source.pk)
    assert (row.kind, row.is_enabled, row.definition["name"]) == ("http", True, "login")
