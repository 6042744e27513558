"""HTTP tools as rows: what may be kept, what is published, which secrets they use."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.http_tools import PublishedHttpTool
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.http_tools.executor import HttpExecutor
from tenants.actor import PLATFORM, Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import (
    AbilityMissingError,
    InUseError,
    InvalidValueError,
    LimitReachedError,
    NameTakenError,
    NotFoundError,
)
from tenants.models import Secret, SecretUse, ServerTool
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.servers import server_get
from tenants.services.http_tools import NewHttpTool, http_tool_create, http_tool_update, http_tools_create
from tenants.services.server_tools import server_tool_remove, server_tool_update
from tenants.services.servers import server_delete, server_rename
from tenants.services.stored_secrets import secret_create, secret_delete
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Person
from tests.fixtures.http_tools import SCHEMA, definition, signed, tool_made


def of(person: Person) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def snapshot(person: Person) -> ServerSnapshot:
    with tenant_scope(person.company.tenant):
        return build_snapshot(server=server_get(slug="demo"), catalogue=tool_catalogue())


def stored(person: Person, name: str = "crm-token") -> Secret:
    return secret_create(tenant=person.company.tenant, actor=person.actor, name=name, value="zilpzalp-4711")


def uses(person: Person) -> list[tuple[str, str]]:
    with tenant_scope(person.company.tenant):
        return list(SecretUse.objects.order_by("name").values_list("name", "label"))


def test_a_tool_is_published_as_it_was_written_and_for_its_tenant_alone(cast: Cast) -> None:
    stored(cast.ada)
    row = tool_made(cast.ada, constants=signed(), retries=2)
    spec = next(tool for tool in snapshot(cast.ada).tools if tool.name == "get_item")
    published = msgspec.convert(spec.config, PublishedHttpTool)
    assert (spec.id, spec.kind, spec.title, spec.mode) == (str(row.pk), "http", "Get an item", "inline")
    assert (spec.input_schema, spec.quick, spec.annotations.open_world_hint) == (SCHEMA, False, True)
    assert (published.tenant_id, published.request) == (
        str(cast.acme.tenant.pk),
        definition(constants=signed(), retries=2).request,
    )
    assert "zilpzalp" not in str(spec)
    assert HttpExecutor(None, None).bind(spec).names == ("crm-token",)  # type: ignore[arg-type]
    assert "get_item" not in {tool.name for tool in snapshot(cast.gus).tools}


def test_overrides_narrow_it_as_they_do_any_tool(cast: Cast) -> None:
    row = tool_made(cast.ada)
    server_tool_update(**of(cast.ada), tool=row, title="Item", mode="background", timeout_seconds=5, concurrency=2)
    spec = next(tool for tool in snapshot(cast.ada).tools if tool.name == "get_item")
    assert (spec.title, spec.mode, spec.timeout_seconds, spec.concurrency) == ("Item", "background", 5, 2)
    with pytest.raises(InvalidValueError):
        server_tool_update(**of(cast.ada), tool=row, timeout_seconds=100_000)
    server_tool_update(**of(cast.ada), tool=row, is_enabled=False)
    assert "get_item" not in {tool.name for tool in snapshot(cast.ada).tools}


def test_a_tool_that_a_later_release_wrote_is_left_out(cast: Cast) -> None:
    row = tool_made(cast.ada)
    with tenant_scope(cast.acme.tenant):
        ServerTool.objects.filter(pk=row.pk).update(definition={"name": "x", "colour": "blue"})
    assert "get_item" not in {tool.name for tool in snapshot(cast.ada).tools}


def test_grants_reach_it_by_what_it_says_of_itself(cast: Cast) -> None:
    tool_made(cast.ada)
    with tenant_scope(cast.acme.tenant):
        given = {"server": cast.acme.server, "user_id": cast.ada.user.pk}
        assert "get_item" in {tool.name for tool in callable_tools(**given, role="owner")}
        assert "get_item" not in {tool.name for tool in callable_tools(**given, role="caller")}


def test_what_is_wrong_is_said_of_its_place_and_nothing_is_kept(cast: Cast) -> None:
    stored(cast.ada)
    wrong: dict[str, dict[str, Any]] = {
        "request.url": {"url": "ftp://client.example/{id}"},
        "request.parameters.1": {
            "parameters": [{"argument": "id", "location": "path"}, {"argument": "x", "location": "query"}]
        },
        "request.select": {"select": "a["},
        "request.constants.0": {"constants": [{"location": "header", "name": "Authorization", "value": "sk-open"}]},
        "request.constants": {"constants": signed("unknown")},
    }
    for field, request in wrong.items():
        with pytest.raises(InvalidValueError) as refused:
            http_tool_create(**of(cast.ada), definition=definition(**request))
        assert refused.value.extra["field"] == field
    for changes, field in (
        ({"name": "a b"}, "name"),
        ({"input_schema": {"type": "array"}}, "input_schema"),
        ({"input_schema": {"type": "object", "properties": {"id": {"$ref": "https://evil.example/"}}}}, "input_schema"),
        ({"output_schema": {"type": 7}}, "output_schema"),
        ({"description": "x" * 20_001}, "description"),
        ({"output_schema": {"type": "object", "description": "x" * 300_000}}, "definition"),
    ):
        with pytest.raises(InvalidValueError) as refused:
            http_tool_create(**of(cast.ada), definition=msgspec.structs.replace(definition(), **changes))
        assert refused.value.extra["field"] == field
    assert "get_item" not in {tool.name for tool in snapshot(cast.ada).tools}


def test_names_are_once_on_a_server_and_the_plan_counts_tools_of_every_kind(cast: Cast) -> None:
    tool_made(cast.ada)
    for names in (["get_item"], ["shout"], ["a", "a"]):
        with pytest.raises(NameTakenError):
            http_tools_create(**of(cast.ada), tools=[NewHttpTool(definition(name)) for name in names])
    with tenant_scope(cast.acme.tenant):
        number = ServerTool.objects.filter(server_id=cast.acme.server.pk).count()
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"tools_per_server": number + 1})
    with pytest.raises(LimitReachedError):
        http_tools_create(**of(cast.ada), tools=[NewHttpTool(definition("a")), NewHttpTool(definition("b"))])
    assert len(http_tools_create(**of(cast.ada), tools=[NewHttpTool(definition("a"), background=True)])) == 1
    assert next(tool for tool in snapshot(cast.ada).tools if tool.name == "a").mode == "background"


def test_who_uses_a_secret_follows_the_tool(cast: Cast) -> None:
    secret = stored(cast.ada)
    stored(cast.ada, "other")
    row = tool_made(cast.ada, constants=signed())
    assert uses(cast.ada) == [("crm-token", "demo/get_item")]
    with pytest.raises(InUseError):
        secret_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, secret_id=secret.pk)
    http_tool_update(**of(cast.ada), tool=row, definition=definition("fetch", constants=signed("other")))
    assert uses(cast.ada) == [("other", "demo/fetch")]
    server_tool_update(**of(cast.ada), tool=row, name="fetch_it")
    assert uses(cast.ada) == [("other", "demo/fetch_it")]
    server_rename(**of(cast.ada), slug="crm")
    assert uses(cast.ada) == [("other", "crm/fetch_it")]
    server_tool_remove(**of(cast.ada), tool=row)
    assert uses(cast.ada) == []


def test_with_its_server_a_tool_uses_no_secret_any_more(cast: Cast) -> None:
    stored(cast.ada)
    tool_made(cast.ada, constants=signed())
    server_delete(**of(cast.ada))
    assert uses(cast.ada) == []


def test_a_key_for_some_servers_sends_no_secret_anywhere(cast: Cast) -> None:
    stored(cast.ada)
    narrow = Actor(role="owner", user_id=cast.ada.user.pk, servers=frozenset({cast.acme.server.pk}))
    who = {**of(cast.ada), "actor": narrow}
    assert http_tool_create(**who, definition=definition("plain")).name == "plain"
    with pytest.raises(AbilityMissingError):
        http_tool_create(**who, definition=definition(constants=signed()))


def test_the_outsider_reaches_neither_tools_nor_secrets(cast: Cast) -> None:
    stored(cast.ada)
    row = tool_made(cast.ada, constants=signed())
    with pytest.raises(InvalidValueError, match="There is no secret crm-token"):
        tool_made(cast.gus, constants=signed())
    with pytest.raises(NotFoundError):
        http_tool_create(**{**of(cast.gus), "server": cast.acme.server}, definition=definition())
    with pytest.raises(NotFoundError):
        http_tool_update(**of(cast.gus), tool=row, definition=definition())
    with pytest.raises(AbilityMissingError):
        http_tool_create(**{**of(cast.ada), "actor": cast.max.actor}, definition=definition())


def test_only_http_tools_are_written_anew(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        shout = ServerTool.objects.get(server_id=cast.acme.server.pk, name="shout")
    with pytest.raises(NotFoundError):
        http_tool_update(**of(cast.ada), tool=shout, definition=definition())
