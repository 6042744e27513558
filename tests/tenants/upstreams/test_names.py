"""Names of an upstream's tools stay as they are whatever comes and goes, and nothing can be taken for another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.contract.names import TOOL_NAME
from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, NameTakenError, NotFoundError
from tenants.models import ServerPrimitive, ServerTool
from tenants.publishing.primitives import primitive_specs
from tenants.scope import tenant_scope
from tenants.services.server_tools import server_tool_update
from tenants.services.upstream_items import upstream_items_add
from tenants.tool_kinds import tool_definition
from tenants.upstreams.item_names import name_on_server, name_shadowed
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import approve, approved, connected, definitions, offers, tool

PREFIXES = st.from_regex(re.compile(r"[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?"), fullmatch=True)
KEYS = st.from_regex(re.compile(r"[A-Za-z0-9_.-]{1,128}"), fullmatch=True)


def add(person: Person, *keys: str, prefix: str = "tracker") -> int:
    upstream = approved(person, *map(tool, keys), prefix=prefix)
    company = person.company
    ids = [row.pk for row in definitions(person, upstream).values()]
    return upstream_items_add(tenant=company.tenant, actor=person.actor, server=company.server, definition_ids=ids)


def names(person: Person) -> set[str]:
    with tenant_scope(person.company.tenant):
        return set(ServerTool.objects.filter(kind="upstream").values_list("name", flat=True))


@given(PREFIXES, KEYS, KEYS)
def test_a_name_is_valid_and_only_its_own(prefix: str, key: str, other: str) -> None:
    name = name_on_server(prefix, key)
    assert TOOL_NAME.fullmatch(name)
    assert name == name_on_server(prefix, key)
    if key != other:
        assert name != name_on_server(prefix, other)


def test_a_long_name_is_shortened_with_a_mark() -> None:
    assert name_on_server("tracker", "a" * 100) == f"tracker.{'a' * 47}_aa305f8d"


@pytest.mark.parametrize(
    ("one", "other"), [("a.list", "a.LIST"), ("a.get-it", "a.get_it"), ("a.l0", "a.1o"), ("a.bam", "a.barn")]
)
def test_names_that_look_alike_shadow_each_other(one: str, other: str) -> None:
    assert name_shadowed(one, ["a.other", other]) == other


def test_tools_get_their_upstreams_prefix_and_are_there_once(cast: Cast) -> None:
    assert add(cast.ada, "create", "list") == 2
    assert names(cast.ada) == {"tracker.create", "tracker.list"}
    with tenant_scope(cast.acme.tenant):
        ids = list(ServerTool.objects.filter(kind="upstream").values_list("upstream_definition_id", flat=True))
    again = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    assert upstream_items_add(**again, definition_ids=ids) == 0
    with pytest.raises(InvalidValueError):
        upstream_items_add(**again, definition_ids=[])


def test_a_name_that_could_be_taken_for_another_is_refused(cast: Cast) -> None:
    add(cast.ada, "create")
    with pytest.raises(NameTakenError, match=r"other\.X"):
        add(cast.ada, "x", "X", prefix="other")


def test_a_tool_is_renamed_and_described_on_its_server_alone(cast: Cast) -> None:
    add(cast.ada, "create")
    with tenant_scope(cast.acme.tenant):
        row = ServerTool.objects.get(name="tracker.create")
    changes = {"name": "new_issue", "description": "Ours."}
    server_tool_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, tool=row, **changes)
    with tenant_scope(cast.acme.tenant):
        row = ServerTool.objects.get(name="new_issue")
        assert row.upstream_definition.key == "create"
        other = ServerTool.objects.exclude(pk=row.pk).first()
    with pytest.raises(NameTakenError, match="could be taken for"):
        server_tool_update(
            tenant=cast.acme.tenant,
            actor=cast.ada.actor,
            server=cast.acme.server,
            tool=row,
            name=other.name.upper(),
        )
    with tenant_scope(cast.acme.tenant):
        assert tool_definition(row, None).description == "Does create."  # type: ignore[arg-type,union-attr]


def test_resources_and_prompts_are_published_as_they_were_approved(cast: Cast) -> None:
    upstream = connected(cast.ada)
    offers(
        cast.ada,
        upstream,
        resources=[{"uri": "doc://a", "name": "a", "size": 3}, {"uri": "doc://b", "name": "a"}],
        templates=[{"uriTemplate": "doc://{id}", "name": "any", "mimeType": "text/plain"}],
        prompts=[{"name": "sum", "arguments": [{"name": "text", "required": True}]}],
    )
    rows = approve(cast.ada, upstream)
    company = cast.acme
    who = {"tenant": company.tenant, "actor": cast.ada.actor, "server": company.server}
    assert upstream_items_add(**who, definition_ids=[row.pk for row in rows]) == 4
    offers(cast.ada, upstream, resources=[{"uri": "doc://a", "name": "a", "size": 3}])
    with tenant_scope(company.tenant):
        specs = primitive_specs(server=company.server, catalogue=tool_catalogue())
        assert ServerPrimitive.objects.filter(upstream_definition__isnull=False).count() == 4
    ours = {name: [spec for spec in found if spec.kind == "upstream"] for name, found in specs.items()}
    assert [(each.uri, each.name, each.size) for each in ours["resources"]] == [("doc://a", "tracker.a", 3)]
    assert [each.uri_template for each in ours["templates"]] == ["doc://{id}"]
    assert [(each.name, each.arguments[0].required) for each in ours["prompts"]] == [("tracker.sum", True)]


def test_what_another_tenants_upstream_offers_is_not_there(cast: Cast) -> None:
    theirs = definitions(cast.ada, approved(cast.ada)).values()
    globex = cast.globex
    with pytest.raises(NotFoundError):
        upstream_items_add(
            tenant=globex.tenant,
            actor=cast.gus.actor,
            server=globex.server,
            definition_ids=[row.pk for row in theirs],
        )
