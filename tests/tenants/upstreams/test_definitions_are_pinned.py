"""What an upstream offers is served as somebody approved it, byte for byte, or not at all."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_runtime.contract.upstreams import PublishedUpstreamItem, definition_digest
from tenants.catalogue import tool_catalogue
from tenants.errors import ChangedMeanwhileError, InvalidValueError
from tenants.models import Outbox, UpstreamChange
from tenants.models.upstream import DefinitionState, UpstreamAction
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.services.upstream_approvals import definitions_approve, definitions_refuse
from tenants.services.upstream_items import upstream_items_add
from tenants.upstreams.pinning import Pinned, state_offered
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import approve, approved, connected, definitions, offers, tool


def served(person: Person) -> dict[str, Any]:
    """The tools of the person's server that a snapshot has, by name."""
    with tenant_scope(person.company.tenant):
        server = person.company.server
        server.refresh_from_db()
        return {spec.name: spec for spec in build_snapshot(server=server, catalogue=tool_catalogue()).tools}


def on_server(person: Person, *rows: Any) -> None:
    company = person.company
    ids = [row.pk for row in rows]
    upstream_items_add(tenant=company.tenant, actor=person.actor, server=company.server, definition_ids=ids)


def published(person: Person) -> int:
    with tenant_scope(person.company.tenant):
        return Outbox.objects.count()


def state(person: Person, upstream: Any, key: str = "create_issue") -> str:
    return str(definitions(person, upstream)[key].state)


def test_nothing_is_served_before_somebody_approves_it(cast: Cast) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, tools=[tool()])
    [row] = definitions(cast.ada, upstream).values()
    assert row.state == DefinitionState.NEW
    with pytest.raises(InvalidValueError, match="not approved"):
        on_server(cast.ada, row)
    approve(cast.ada, upstream)
    on_server(cast.ada, row)
    spec = served(cast.ada)["tracker.create_issue"]
    config = spec.config
    assert (spec.kind, config["key"], config["digest"]) == ("upstream", "create_issue", definition_digest(tool()))
    assert set(config) == set(PublishedUpstreamItem.__struct_fields__)
    assert config["upstream"]["url"] == "https://tracker.example.com/mcp"


def test_one_changed_byte_is_quarantined_published_so_and_served_again_when_approved(cast: Cast) -> None:
    upstream = approved(cast.ada)
    on_server(cast.ada, *definitions(cast.ada, upstream).values())
    before = published(cast.ada)
    offers(cast.ada, upstream, tools=[tool(description="Does create_issue,")])
    assert "tracker.create_issue" not in served(cast.ada)
    assert state(cast.ada, upstream) == DefinitionState.CHANGED
    assert published(cast.ada) > before
    approve(cast.ada, upstream)
    assert served(cast.ada)["tracker.create_issue"].description == "Does create_issue,"


def test_what_comes_back_as_it_was_approved_is_served_again(cast: Cast) -> None:
    upstream = approved(cast.ada)
    on_server(cast.ada, *definitions(cast.ada, upstream).values())
    for offered in ([], [tool(title="Another")]):
        offers(cast.ada, upstream, tools=offered)
        assert "tracker.create_issue" not in served(cast.ada)
        offers(cast.ada, upstream, tools=[tool()])
        assert "tracker.create_issue" in served(cast.ada)


def test_what_is_gone_is_kept_and_comes_back_changed_only_as_a_change(cast: Cast) -> None:
    upstream = approved(cast.ada)
    offers(cast.ada, upstream, tools=[])
    assert state(cast.ada, upstream) == DefinitionState.GONE
    with pytest.raises(ChangedMeanwhileError):
        approve(cast.ada, upstream)
    offers(cast.ada, upstream, tools=[tool(title="Now different")])
    assert state(cast.ada, upstream) == DefinitionState.CHANGED


def test_a_list_that_says_nothing_of_tools_changes_no_tool(cast: Cast) -> None:
    upstream = approved(cast.ada)
    offers(cast.ada, upstream, prompts=[{"name": "summary"}])
    assert state(cast.ada, upstream) == DefinitionState.APPROVED


def test_where_each_person_has_an_account_what_one_does_not_see_is_not_gone(cast: Cast) -> None:
    upstream = connected(cast.ada, auth="oauth_user")
    offers(cast.ada, upstream, tools=[tool(), tool("close_issue")])
    approve(cast.ada, upstream)
    offers(cast.ada, upstream, tools=[tool(title="Other")])
    states = {key: row.state for key, row in definitions(cast.ada, upstream).items()}
    assert states == {"create_issue": DefinitionState.CHANGED, "close_issue": DefinitionState.APPROVED}


def test_a_decision_counts_for_what_was_seen_alone(cast: Cast) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, tools=[tool()])
    [row] = definitions(cast.ada, upstream).values()
    seen = {row.pk: row.offered_digest}
    offers(cast.ada, upstream, tools=[tool(title="Meanwhile")])
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "upstream_id": upstream.pk}
    for decide in (definitions_approve, definitions_refuse):
        with pytest.raises(ChangedMeanwhileError):
            decide(**who, seen=seen)
    assert state(cast.ada, upstream) == DefinitionState.NEW


def test_what_was_refused_stays_so_until_it_is_something_else(cast: Cast) -> None:
    upstream = approved(cast.ada)
    on_server(cast.ada, *definitions(cast.ada, upstream).values())
    row = definitions(cast.ada, upstream)["create_issue"]
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "upstream_id": upstream.pk}
    definitions_refuse(**who, seen={row.pk: row.offered_digest})
    assert "tracker.create_issue" not in served(cast.ada)
    for offered in ([tool()], [], [tool()]):
        offers(cast.ada, upstream, tools=offered)
        assert state(cast.ada, upstream) == DefinitionState.REFUSED
    offers(cast.ada, upstream, tools=[tool(title="Better")])
    assert state(cast.ada, upstream) == DefinitionState.NEW


def test_who_decided_what_is_written_down_and_what_changed_by_itself(cast: Cast) -> None:
    upstream = approved(cast.ada)
    offers(cast.ada, upstream, tools=[tool(title="Another")])
    offers(cast.ada, upstream, tools=[tool()])
    with tenant_scope(cast.acme.tenant):
        changes = list(UpstreamChange.objects.exclude(key="").order_by("created_at"))
    told = [(change.action, change.user_id, change.digest) for change in changes]
    assert told == [
        (UpstreamAction.APPROVED, cast.ada.user.pk, definition_digest(tool())),
        (UpstreamAction.QUARANTINED, None, definition_digest(tool(title="Another"))),
        (UpstreamAction.RETURNED, None, definition_digest(tool())),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_differs_is_never_taken_for_what_was_approved(definition: dict[str, Any], data: st.DataObject) -> None:
    digest = definition_digest(definition)
    pinned = Pinned(DefinitionState.APPROVED, approved_digest=digest, offered_digest=digest)
    same = dict(reversed(copy.deepcopy(definition).items()))
    assert state_offered(pinned, digest=definition_digest(same)) == DefinitionState.APPROVED
    other = {**definition, data.draw(st.text(max_size=4)): data.draw(JSON)}
    if repr(sorted(other.items())) != repr(sorted(definition.items())):
        assert state_offered(pinned, digest=definition_digest(other)) == DefinitionState.CHANGED
