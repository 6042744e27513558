"""Fan-out tools of a server: written, written anew, published; and nobody else's."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.fan_out import PublishedFanOut, ToolBackend
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import SecretUse, Server, ServerTool
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.services.fan_out_tools import fan_out_tool_create, fan_out_tool_update
from tenants.services.server_tools import server_tool_update
from tenants.services.stored_secrets import secret_create
from tests.fixtures.cast import Cast, Person
from tests.fixtures.fan_out import asking, model


def at(person: Person) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def backend(person: Person, name: str, **changes: Any) -> ToolBackend:
    return ToolBackend(name=name, tool=str(tool(person, name).pk), **changes)


def published(person: Person, name: str) -> Any:
    with tenant_scope(person.company.tenant):
        server = Server.objects.select_related("tenant").get(pk=person.company.server.pk)
        specs = build_snapshot(server=server, catalogue=tool_catalogue()).tools
    return next(spec for spec in specs if spec.name == name)


def test_models_are_asked_with_a_prompt(cast: Cast) -> None:
    secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="key", value="a-key-for-models", description="")
    backends = (model(api_key="{{secret.key}}"), model("claude", style="anthropic"))
    row = fan_out_tool_create(**at(cast.ada), definition=asking(*backends, strategy="consensus"))
    spec = published(cast.ada, "ask_models")
    assert (spec.kind, spec.config["quorum"], spec.config["tenant_id"]) == ("fan_out", 2, str(cast.acme.tenant.pk))
    assert spec.input_schema["required"] == ["prompt"]
    assert spec.annotations.is_read_only
    assert msgspec.convert(spec.config, PublishedFanOut).backends == backends
    with tenant_scope(cast.acme.tenant):
        assert [(use.name, use.label) for use in SecretUse.objects.filter(object_id=row.pk)] == [
            ("key", "demo/ask_models")
        ]


def test_tools_are_asked_with_the_arguments_of_the_first(cast: Cast) -> None:
    fan_out_tool_create(**at(cast.ada), definition=asking(backend(cast.ada, "count"), name="ask_tools"))
    assert published(cast.ada, "ask_tools").input_schema == published(cast.ada, "count").input_schema


def test_it_is_written_anew_and_keeps_its_id(cast: Cast) -> None:
    row = fan_out_tool_create(**at(cast.ada), definition=asking())
    anew = fan_out_tool_update(**at(cast.ada), tool=row, definition=asking(model("other"), name="ask"))
    assert (anew.pk, anew.name) == (row.pk, "ask")
    assert published(cast.ada, "ask").config["backends"][0]["name"] == "other"


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (asking(strategy="loudest"), "strategy"),
        (asking(*[model(f"m{number}") for number in range(9)]), "backends"),
        (asking(model(), model()), "backends.0.name"),
        (asking(model("a b")), "backends.0.name"),
        (asking(model(style="other")), "backends.0.style"),
        (asking(model(model="")), "backends.0.model"),
        (asking(model(api_key="sk-in-the-clear")), "backends.0.api_key"),
        (asking(model(api_key="x{{secret.key}}")), "backends.0.api_key"),
        (asking(model(api_key="{{secret.gone}}")), "backends"),
        (asking(model(base_url="nowhere")), "backends.0.base_url"),
        (asking(model(base_url="https://{host}.example")), "backends.0.base_url"),
        (asking(model(timeout_seconds=121)), "backends.0.timeout_seconds"),
        (asking(strategy="consensus"), "backends"),
        (asking(model(), model("b"), strategy="consensus", quorum=3), "quorum"),
        (asking(quorum=2), "quorum"),
        (asking(model(), ToolBackend(name="t", tool="x")), "backends"),
        (asking(ToolBackend(name="t", tool="x")), "backends.0.tool"),
        (asking(name="no spaces"), "name"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(cast: Cast, definition: Any, field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        fan_out_tool_create(**at(cast.ada), definition=definition)
    assert refused.value.extra["field"] == field


def test_what_may_have_effects_runs_as_a_job_or_is_of_others_is_no_backend(cast: Cast) -> None:
    def refused(chosen: ToolBackend) -> None:
        with pytest.raises(InvalidValueError):
            fan_out_tool_create(**at(cast.ada), definition=asking(chosen))

    refused(backend(cast.ada, "shout"))
    refused(backend(cast.gus, "count"))
    count = backend(cast.ada, "count")
    row = fan_out_tool_create(**at(cast.ada), definition=asking(count))
    refused(ToolBackend(name="again", tool=str(row.pk)))
    server_tool_update(**at(cast.ada), tool=tool(cast.ada, "count"), mode="background")
    refused(count)


def test_it_runs_while_the_client_waits_and_keeps_no_answers_of_tools(cast: Cast) -> None:
    row = fan_out_tool_create(**at(cast.ada), definition=asking())
    with pytest.raises(InvalidValueError):
        server_tool_update(**at(cast.ada), tool=row, mode="background")
    assert server_tool_update(**at(cast.ada), tool=row, cache_seconds=60).cache_seconds == 60
    anew = fan_out_tool_update(**at(cast.ada), tool=row, definition=asking(backend(cast.ada, "count")))
    assert anew.cache_seconds is None
    with pytest.raises(InvalidValueError):
        server_tool_update(**at(cast.ada), tool=row, cache_seconds=60)


def test_an_outsider_and_a_caller_change_nothing(cast: Cast) -> None:
    row = fan_out_tool_create(**at(cast.ada), definition=asking())
    for person in (cast.gus, cast.max):
        with pytest.raises((NotFoundError, AbilityMissingError)):
            fan_out_tool_update(**{**at(person), "server": cast.acme.server}, tool=row, definition=asking(name="x"))
    with pytest.raises(NotFoundError):
        fan_out_tool_update(**at(cast.gus), tool=row, definition=asking(name="x"))
    with pytest.raises(NotFoundError):
        fan_out_tool_update(**at(cast.ada), tool=tool(cast.ada, "count"), definition=asking(name="x"))
    with pytest.raises(NameTakenError):
        fan_out_tool_create(**at(cast.ada), definition=asking(name="count"))
    assert tool(cast.ada, "ask_models").updated_at == row.updated_at


def test_a_key_for_some_servers_names_no_secret(cast: Cast) -> None:
    narrow = Actor(role=cast.ada.role, user_id=cast.ada.user.pk, servers=frozenset({cast.acme.server.pk}))
    with pytest.raises(AbilityMissingError):
        fan_out_tool_create(**{**at(cast.ada), "actor": narrow}, definition=asking(model(api_key="{{secret.key}}")))


def test_a_definition_of_a_later_release_is_not_served(cast: Cast) -> None:
    row = fan_out_tool_create(**at(cast.ada), definition=asking())
    with tenant_scope(cast.acme.tenant):
        ServerTool.objects.filter(pk=row.pk).update(
            definition={**msgspec.to_builtins(row.definition), "new": 1, "definition": {}}
        )
        server = Server.objects.select_related("tenant").get(pk=cast.acme.server.pk)
        assert all(spec.kind != "fan_out" for spec in build_snapshot(server=server, catalogue=tool_catalogue()).tools)
