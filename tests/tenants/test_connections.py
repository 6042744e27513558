"""A person's connections: made by consent, changed and ended by them, ended by whoever manages members."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from mcp_runtime.calls.authorization import Allowed, decide
from mcp_runtime.contract import keys
from mcp_runtime.contract.credentials import CredentialRecord
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import (
    AbilityMissingError,
    AlreadyEndedError,
    ApplicationError,
    InvalidValueError,
    NotFoundError,
)
from tenants.models import AccessToken, Connection, Outbox, ServerTool
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import credential_by_digest, server_by_slugs
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.connections import connection_get, connection_list
from tenants.services.calls import calls_record
from tenants.services.connections import connection_consent, connection_revoke, connection_tools_set
from tenants.services.grants import grant_set
from tenants.services.servers import server_suspend
from tests.fixtures.cast import Cast, Person
from tests.fixtures.oauth import access_token_build, client_build, connection_build
from tests.tenants.audit_events import event_of


def consent(person: Person, **changes: Any) -> Connection:
    choices: dict[str, Any] = {
        "redirect_host": "127.0.0.1",
        "scopes": ["mcp:read", "mcp:call"],
        "tool_ids": None,
        "server": person.company.server,
        "actor": person.actor,
        **changes,
    }
    return connection_consent(tenant=person.company.tenant, application=client_build(), **choices)


def tool_ids(person: Person) -> dict[str, UUID]:
    with tenant_scope(person.company.tenant):
        return {tool.name: tool.pk for tool in ServerTool.objects.all()}


def test_consenting_again_changes_the_terms_of_the_same_connection(cast: Cast) -> None:
    first = consent(cast.max)
    again = consent(cast.max, scopes=["mcp:read"], tool_ids=[tool_ids(cast.max)["count"]])
    assert again.pk == first.pk
    assert (again.scopes, again.tool_ids) == (["mcp:read"], [str(tool_ids(cast.max)["count"])])
    assert consent(cast.max, redirect_host="client.example").pk != first.pk
    assert consent(cast.ada).pk != first.pk


def test_an_ended_connection_stays_ended_when_its_person_consents_again(cast: Cast) -> None:
    first = consent(cast.max)
    connection_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, connection_id=first.pk)
    assert consent(cast.max).pk != first.pk


def test_tokens_of_before_follow_new_terms(cast: Cast) -> None:
    connection = consent(cast.max)
    token = access_token_build(cast.max, connection=connection)
    consent(cast.max, scopes=["mcp:read"])
    row = credential_by_digest(digest=token.token_checksum)
    assert row is not None
    assert (row.scopes, row.version > token.version) == (("mcp:read",), True)
    with tenant_scope(cast.acme.tenant):
        assert Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum).exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"scopes": ["offline_access"]}, InvalidValueError),
        ({"tool_ids": []}, InvalidValueError),
        ({"tool_ids": [uuid4()]}, NotFoundError),
        ({"actor": Actor(role="auditor", user_id=uuid4())}, AbilityMissingError),
        ({"actor": Actor(role=None)}, AbilityMissingError),
    ],
    ids=["no scope for MCP", "no tool", "an unknown tool", "an auditor", "nobody"],
)
def test_nobody_consents_to(cast: Cast, wrong: dict[str, Any], error: type[ApplicationError]) -> None:
    with pytest.raises(error):
        consent(cast.max, **wrong)


def test_a_program_does_not_consent(cast: Cast) -> None:
    program = Actor(role="owner", user_id=cast.ada.user.pk, scopes=frozenset({"manage:access"}))
    with pytest.raises(AbilityMissingError):
        consent(cast.ada, actor=program)


@pytest.mark.parametrize("which", ["suspended", "foreign"])
def test_a_server_that_does_not_serve_here_is_not_found(cast: Cast, which: str) -> None:
    server = cast.acme.server
    if which == "suspended":
        server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=server)
    else:
        server.slug = "elsewhere"
    with pytest.raises(NotFoundError):
        consent(cast.max, server=server)


def test_everybody_sees_their_own_and_owners_see_all(cast: Cast) -> None:
    of_max, of_ada, of_gus = (consent(person) for person in (cast.max, cast.ada, cast.gus))
    with tenant_scope(cast.acme.tenant):
        assert [row.pk for row in connection_list(actor=cast.max.actor)] == [of_max.pk]
        assert {row.pk for row in connection_list(actor=cast.ada.actor)} == {of_max.pk, of_ada.pk}
        assert not connection_list(actor=Actor(role="auditor", user_id=cast.max.user.pk)).exists()
        for hidden in (of_ada, of_gus):
            with pytest.raises(NotFoundError):
                connection_get(actor=cast.max.actor, connection_id=hidden.pk)
        elsewhere = Actor(role="owner", user_id=cast.ada.user.pk, servers=frozenset({uuid4()}))
        assert not connection_list(actor=elsewhere).exists()


@pytest.mark.parametrize("person", ["max", "ada"])
def test_a_connection_ends_with_its_tokens(cast: Cast, person: str) -> None:
    connection = consent(cast.max)
    token = access_token_build(cast.max, connection=connection)
    actor = getattr(cast, person).actor
    ended = connection_revoke(tenant=cast.acme.tenant, actor=actor, connection_id=connection.pk)
    again = connection_revoke(tenant=cast.acme.tenant, actor=actor, connection_id=connection.pk)
    assert again.revoked_at == ended.revoked_at is not None
    with tenant_scope(cast.acme.tenant):
        assert not AccessToken.objects.exists()
        assert Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum).exists()


def test_nobody_ends_what_they_do_not_see(cast: Cast) -> None:
    of_ada, of_max = consent(cast.ada), consent(cast.max)
    with pytest.raises(NotFoundError):
        connection_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, connection_id=of_ada.pk)
    with pytest.raises(NotFoundError):
        connection_revoke(tenant=cast.globex.tenant, actor=cast.gus.actor, connection_id=of_max.pk)
    with tenant_scope(cast.acme.tenant):
        assert not Connection.objects.exclude(revoked_at=None).exists()


def test_a_person_chooses_other_tools(cast: Cast) -> None:
    connection = consent(cast.max)
    token = access_token_build(cast.max, connection=connection)
    count = tool_ids(cast.max)["count"]
    who = {"tenant": cast.acme.tenant, "connection_id": connection.pk}
    connection_tools_set(**who, actor=cast.max.actor, tool_ids=[count])
    row = credential_by_digest(digest=token.token_checksum)
    assert row is not None
    assert (row.tools, row.version > token.version) == ((str(count),), True)
    assert connection_tools_set(**who, actor=cast.max.actor, tool_ids=None).tool_ids is None
    with pytest.raises(AbilityMissingError):
        connection_tools_set(**who, actor=cast.ada.actor, tool_ids=None)
    connection_revoke(**who, actor=cast.max.actor)
    with pytest.raises(AlreadyEndedError):
        connection_tools_set(**who, actor=cast.max.actor, tool_ids=None)


def test_a_chosen_tool_may_stay_when_its_grant_is_gone(cast: Cast) -> None:
    ids = tool_ids(cast.max)
    connection = consent(cast.max, tool_ids=list(ids.values()))
    deny(cast, "member", str(cast.max.user.pk), "tool", str(ids["shout"]))
    who = {"tenant": cast.acme.tenant, "actor": cast.max.actor, "connection_id": connection.pk}
    assert connection_tools_set(**who, tool_ids=[ids["shout"]]).tool_ids == [str(ids["shout"])]
    connection_tools_set(**who, tool_ids=[ids["count"]])
    with pytest.raises(NotFoundError):
        connection_tools_set(**who, tool_ids=[ids["shout"]])


def deny(cast: Cast, kind: str, subject: str, target_kind: str, target: str = "") -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    grant_set(**who, subject_kind=kind, subject=subject, target_kind=target_kind, target=target, effect="deny")


@pytest.mark.parametrize("target_kind", ["server", "tool", "annotation"])
@pytest.mark.parametrize("subject_kind", ["role", "member", "nobody"])
def test_what_may_be_chosen_is_what_the_runtime_lets_them_call(cast: Cast, subject_kind: str, target_kind: str) -> None:
    subject = {"role": "caller", "member": str(cast.max.user.pk), "nobody": "owner"}[subject_kind]
    target = {"server": "", "tool": str(tool_ids(cast.max)["shout"]), "annotation": "read_only"}[target_kind]
    deny(cast, "role" if subject_kind == "nobody" else subject_kind, subject, target_kind, target)
    server = server_by_slugs(tenant="acme", server="demo")
    assert server is not None
    with tenant_scope(cast.acme.tenant):
        snapshot = build_snapshot(server=server, catalogue=tool_catalogue())
        for person in (cast.max, cast.ada):
            everything = as_person(person)
            called = {tool.id for tool in snapshot.tools if isinstance(decide(snapshot, everything, tool), Allowed)}
            found = callable_tools(server=server, user_id=person.user.pk, role=person.role)
            assert {str(tool.id) for tool in found} == called


def as_person(person: Person) -> CredentialRecord:
    return CredentialRecord(
        version=1,
        kind="access_token",
        credential_id="1",
        tenant_id=str(person.company.tenant.pk),
        tenant=person.company.tenant.slug,
        user=str(person.user.pk),
        client="editor",
        scopes=("mcp:read", "mcp:call"),
        roles=(person.role,),
    )


def test_a_connection_knows_when_it_was_last_used(cast: Cast) -> None:
    token, now = access_token_build(cast.max), timezone.now()
    other = connection_build(cast.gus)
    used = {"credential_kind": "access_token", "credential_id": str(token.pk)}
    for time in (now - timedelta(hours=1), now, now + timedelta(seconds=1)):
        calls_record(events=[event_of(cast.max, time=time, **used), event_of(cast.max, time=time)])
    with tenant_scope(cast.acme.tenant):
        assert Connection.objects.get().last_used_at == pytest.approx(now, abs=timedelta(milliseconds=1))
    with tenant_scope(cast.globex.tenant):
        assert Connection.objects.get(pk=other.pk).last_used_at is None
