"""Another version of a document shows what it changes; nothing changes before it is applied, and then exactly that."""

import copy
from typing import Any

import pytest

from tenants.errors import InvalidValueError, NotFoundError
from tenants.models import Grant, OpenApiSource, ServerTool
from tenants.scope import tenant_scope
from tenants.selectors.openapi_changes import SourceChanges, source_changes, tool_change
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending, openapi_source_get
from tenants.services.grants import grant_set
from tenants.services.http_tools import http_tool_update
from tenants.services.openapi_versions import (
    openapi_version_apply,
    openapi_version_dismiss,
    openapi_version_look,
)
from tenants.services.server_tools import server_tool_update
from tenants.tool_kinds import http_definition
from tests.fixtures.cast import Cast, Person
from tests.tenants.openapi.keeping import given, kept, made, stored, tools_of, which
from tests.tenants.openapi.shop import SHOP

GET, DELETE, PUT, LOGIN = "GET /orders/{orderId}", "DELETE /orders/{orderId}", "PUT /orders", "POST /login"


def another(**paths: Any) -> dict[str, Any]:
    """The shop in its second version: GET takes more, DELETE is gone, LOGIN says something else, PUT is as it was,
    PATCH is new."""
    document = copy.deepcopy(SHOP)
    document["info"]["version"] = "2"
    orders = document["paths"]["/orders/{orderId}"]
    orders["get"]["parameters"].append({"name": "lines", "in": "query", "schema": {"type": "boolean"}})
    del orders["delete"]
    document["paths"]["/login"]["post"]["summary"] = "Sign in"
    document["paths"]["/orders"]["patch"] = {"operationId": "patchOrders"}
    document["paths"] |= paths
    return document


def imported(person: Person) -> OpenApiSource:
    stored(person, "token", "key")
    source = kept(person)
    made(person, source, GET, DELETE, PUT, LOGIN)
    return source


def looked(person: Person, source: OpenApiSource, document: dict[str, Any]) -> SourceChanges:
    assert openapi_version_look(**which(person), source=source, document=given(document))
    with tenant_scope(person.company.tenant):
        row = OpenApiSource.objects.get(pk=source.pk)
        return source_changes(source=row, before=openapi_import(row), after=openapi_import_pending(row))


def pending(person: Person, source: OpenApiSource) -> str:
    with tenant_scope(person.company.tenant):
        return openapi_source_get(server=person.company.server, source_id=source.pk).pending_digest


def apply(person: Person, source: OpenApiSource, **choices: Any) -> Any:
    chosen = {"digest": pending(person, source), **choices}
    return openapi_version_apply(**which(person), source=source, **chosen)


def test_the_difference_is_told_before_anything_changes(cast: Cast) -> None:
    source = imported(cast.ada)
    before = {name: tool.definition for name, tool in tools_of(cast.ada, source).items()}
    changes = looked(cast.ada, source, another())
    assert [(change.tool.name, change.parts) for change in changes.changed] == [
        ("login", ("description",)),
        ("orders_get", ("arguments", "request")),
    ]
    assert not any(change.is_edited for change in changes.changed)
    assert [tool.operation for tool in changes.gone] == [DELETE]
    assert [each.key for each in changes.added] == ["PATCH /orders"]
    assert (changes.same, changes.refused, changes.of_tools) == (1, [], 3)
    assert {name: tool.definition for name, tool in tools_of(cast.ada, source).items()} == before


def test_the_same_document_is_no_change_and_puts_away_what_waited(cast: Cast) -> None:
    source = imported(cast.ada)
    looked(cast.ada, source, another())
    assert not openapi_version_look(**which(cast.ada), source=source, document=given())
    assert pending(cast.ada, source) == ""


def test_applied_it_changes_its_tools_and_keeps_what_was_said_of_them(cast: Cast) -> None:
    source = imported(cast.ada)
    tool = tools_of(cast.ada, source)["orders_get"]
    server_tool_update(**which(cast.ada), tool=tool, name="get_order", description="Ours", rate=None, is_enabled=False)
    grant_set(**which(cast.ada), subject_kind="role", subject="caller", target_kind="tool", target=str(tool.pk))
    looked(cast.ada, source, another())
    applied = apply(cast.ada, source)
    assert sorted(row.name for row in applied.changed) == ["get_order", "login"]
    assert (applied.removed, applied.added) == ([], [])
    now = tools_of(cast.ada, source)
    assert (now["get_order"].pk, now["get_order"].description, now["get_order"].is_enabled) == (tool.pk, "Ours", False)
    assert "lines" in now["get_order"].definition["input_schema"]["properties"]
    assert now["login"].definition["title"] == "Sign in"
    assert len(now) == 4, "the one that is gone stays, unless it is to be removed"
    with tenant_scope(cast.acme.tenant):
        assert Grant.objects.filter(target=str(tool.pk)).exists()
        row = OpenApiSource.objects.get(pk=source.pk)
    assert (row.document_version, row.pending_document, row.pending_digest) == ("2", None, "")
    assert (row.digest, row.base_url) == (given(another()).digest, source.base_url)


def test_chosen_ones_are_added_and_gone_ones_removed(cast: Cast) -> None:
    source = imported(cast.ada)
    looked(cast.ada, source, another())
    applied = apply(cast.ada, source, add=["PATCH /orders"], remove_gone=True)
    assert [tool.name for tool in applied.added] == ["patchOrders"]
    assert [tool.operation for tool in applied.removed] == [DELETE]
    assert {tool.operation for tool in tools_of(cast.ada, source).values()} == {GET, PUT, LOGIN, "PATCH /orders"}


def test_nothing_is_applied_when_a_part_of_it_can_not_be(cast: Cast) -> None:
    source = imported(cast.ada)
    before = {name: tool.definition for name, tool in tools_of(cast.ada, source).items()}
    looked(cast.ada, source, another(**{"/broken": {"get": {"parameters": [{"$ref": "other.json"}]}}}))
    with pytest.raises(InvalidValueError, match="another document"):
        apply(cast.ada, source, add=["GET /broken"], remove_gone=True)
    assert {name: tool.definition for name, tool in tools_of(cast.ada, source).items()} == before
    assert pending(cast.ada, source) != ""


def test_a_scheme_that_asks_for_another_secret_waits_for_it(cast: Cast) -> None:
    source = imported(cast.ada)
    document = another()
    document["security"] = [{"userPassword": []}]
    changes = looked(cast.ada, source, document)
    assert ("orders_get", ("arguments", "request", "credentials")) in [(c.tool.name, c.parts) for c in changes.changed]
    with pytest.raises(InvalidValueError, match="no secret user_password"):
        apply(cast.ada, source)
    stored(cast.ada, "user_password")
    apply(cast.ada, source)


def test_an_operation_that_can_not_be_read_any_more_goes_on_as_it_is(cast: Cast) -> None:
    source = imported(cast.ada)
    before = tools_of(cast.ada, source)["login"].definition
    changes = looked(cast.ada, source, another(**{"/login": {"post": {"parameters": [{"$ref": "#/gone"}]}}}))
    assert [(tool.name, "#/gone" in why) for tool, why in changes.refused] == [("login", True)]
    apply(cast.ada, source)
    assert tools_of(cast.ada, source)["login"].definition == before


def test_what_was_changed_by_hand_is_told_and_what_no_document_says_is_kept(cast: Cast) -> None:
    source = imported(cast.ada)
    tool = tools_of(cast.ada, source)["orders_get"]
    written = http_definition(tool)
    assert written is not None
    request = written.request.__class__(**{**_fields(written.request), "select": "lines", "retries": 2})
    edited = written.__class__(**{**_fields(written), "title": "By hand", "request": request})
    http_tool_update(**which(cast.ada), tool=tool, definition=edited)
    changes = looked(cast.ada, source, another())
    assert [change.tool.name for change in changes.changed if change.is_edited] == ["orders_get"]
    apply(cast.ada, source)
    now = tools_of(cast.ada, source)["orders_get"].definition
    assert (now["title"], now["request"]["select"], now["request"]["retries"]) == ("Get an order", "lines", 2)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def test_somebody_who_looked_at_another_version_meanwhile_is_noticed(cast: Cast) -> None:
    source = imported(cast.ada)
    looked(cast.ada, source, another())
    seen = pending(cast.ada, source)
    looked(cast.ada, source, another(**{"/more": {"get": {}}}))
    with pytest.raises(InvalidValueError, match="looked at meanwhile"):
        apply(cast.ada, source, digest=seen)


def test_a_dismissed_version_is_gone(cast: Cast) -> None:
    source = imported(cast.ada)
    looked(cast.ada, source, another())
    openapi_version_dismiss(**which(cast.ada), source=source)
    with pytest.raises(NotFoundError, match="no other version"):
        apply(cast.ada, source)


def test_a_tool_says_what_changes_of_it_alone(cast: Cast) -> None:
    source = imported(cast.ada)
    looked(cast.ada, source, another())
    with tenant_scope(cast.acme.tenant):
        row = OpenApiSource.objects.get(pk=source.pk)
        before, after = openapi_import(row), openapi_import_pending(row)
        tools = {tool.operation: tool for tool in ServerTool.objects.filter(openapi_source_id=source.pk)}
        changes = {key: tool_change(tool=tool, before=before, after=after) for key, tool in tools.items()}
    assert {key for key, change in changes.items() if change is not None} == {GET, LOGIN}
