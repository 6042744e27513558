from itertools import product
from typing import Any

import pytest

from mcp_runtime.calls.authorization import Allowed, decide
from mcp_runtime.contract.credentials import CredentialRecord
from tenants.catalogue import tool_catalogue
from tenants.errors import AbilityMissingError, InvalidValueError, NotFoundError
from tenants.models import Grant, Server, ServerTool
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.grants import grant_set
from tenants.services.permissions import permission_set, selection_set
from tenants.services.server_tools import server_tool_remove
from tests.fixtures.cast import Cast, Person


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def say(person: Person, target_kind: str = "server", target: str = "", effect: str = "allow") -> None:
    grant_set(**about(person), target_kind=target_kind, target=target, effect=effect)


def about(person: Person) -> dict[str, Any]:
    """What every request about developers says, at whom nothing else in these stories is aimed."""
    return {
        "tenant": person.company.tenant,
        "actor": person.actor,
        "server": person.company.server,
        "subject_kind": "role",
        "subject": "auditor",
    }


def permit(person: Person, name: str, *, allowed: bool) -> None:
    permission_set(**about(person), target_kind="tool", target=str(tool(person, name).pk), allowed=allowed)


def may_call(person: Person, **who: Any) -> set[str]:
    """The tools that the runtime would let this credential call."""
    with tenant_scope(person.company.tenant):
        server = Server.objects.select_related("tenant").get(pk=person.company.server.pk)
        snapshot = build_snapshot(server=server, catalogue=tool_catalogue())
    record = CredentialRecord(
        version=1,
        kind="access_token",
        credential_id="x",
        tenant_id=str(person.company.tenant.pk),
        tenant=person.company.tenant.slug,
        client="",
        scopes=("mcp:call",),
        **who,
    )
    return {each.name for each in snapshot.tools if isinstance(decide(snapshot, record, each), Allowed)}


def auditors_may(person: Person) -> set[str]:
    return may_call(person, roles=("auditor",))


def statements(person: Person) -> int:
    with tenant_scope(person.company.tenant):
        return Grant.objects.filter(subject="auditor").count()


@pytest.mark.parametrize(("server", "annotation"), list(product([None, "allow"], repeat=2)))
def test_a_tool_is_allowed_and_taken_away_whatever_wider_grants_say(
    cast: Cast, server: str | None, annotation: str | None
) -> None:
    for kind, target, effect in (("server", "", server), ("annotation", "read_only", annotation)):
        if effect is not None:
            say(cast.ada, kind, target, effect)
    others = auditors_may(cast.ada)
    for name in ("count", "shout"):
        before = statements(cast.ada)
        permit(cast.ada, name, allowed=True)
        assert auditors_may(cast.ada) == others | {name}
        permit(cast.ada, name, allowed=False)
        assert auditors_may(cast.ada) == others - {name}
        permit(cast.ada, name, allowed=name in others)
        assert (auditors_may(cast.ada), statements(cast.ada)) == (others, before)


def test_what_a_wider_grant_denies_is_not_allowed_tool_by_tool(cast: Cast) -> None:
    say(cast.ada, effect="deny")
    with pytest.raises(InvalidValueError, match="deny wins"):
        permit(cast.ada, "shout", allowed=True)
    assert auditors_may(cast.ada) == set()


def test_wider_grants_come_and_go(cast: Cast) -> None:
    for target, expected in ((("server", ""), {"count", "shout"}), (("annotation", "read_only"), {"count"})):
        kind, name = target
        permission_set(**about(cast.ada), target_kind=kind, target=name, allowed=True)
        assert auditors_may(cast.ada) == expected
        permission_set(**about(cast.ada), target_kind=kind, target=name, allowed=False)
        assert auditors_may(cast.ada) == set()


def test_only_who_manages_grants_sets_permissions_and_only_on_their_own_servers(cast: Cast) -> None:
    foreign = {**about(cast.gus), "server": cast.acme.server}
    with pytest.raises(NotFoundError):
        permission_set(**foreign, target_kind="server", allowed=True)
    with pytest.raises(AbilityMissingError):
        permission_set(**{**about(cast.ada), "actor": cast.max.actor}, target_kind="server", allowed=True)
    with pytest.raises(NotFoundError):
        permission_set(**about(cast.gus), target_kind="tool", target=str(tool(cast.ada, "shout").pk), allowed=True)


def selection(person: Person, family: str, *names: str | None) -> dict[str, Any]:
    chosen = None if None in names else [tool(person, str(name)) for name in names]
    return {**about(person), "subject_kind": "api_key", "subject": family, "tools": chosen}


def test_a_key_is_given_a_part_of_what_its_person_may(cast: Cast) -> None:
    issued = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Key", scopes=["mcp:call"])
    family = str(issued.api_key.family)
    key = {"roles": ("owner",), "user": str(cast.ada.user.pk), "api_key": family}
    assert may_call(cast.ada, **key) == {"count", "shout"}
    selection_set(**selection(cast.ada, family, "count"))
    assert may_call(cast.ada, **key) == {"count"}
    selection_set(**selection(cast.ada, family, "shout"))
    assert may_call(cast.ada, **key) == {"shout"}
    selection_set(**selection(cast.ada, family, None))
    assert may_call(cast.ada, **key) == {"count", "shout"}


def test_a_selection_has_a_tool_of_this_server_and_a_key_of_this_tenant(cast: Cast) -> None:
    issued = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Key", scopes=["mcp:call"])
    family = str(issued.api_key.family)
    with pytest.raises(InvalidValueError):
        selection_set(**selection(cast.ada, family))
    with pytest.raises(NotFoundError):
        selection_set(**{**selection(cast.ada, family), "tools": [tool(cast.gus, "count")]})
    with pytest.raises(NotFoundError):
        selection_set(**selection(cast.gus, family, "count"))


def test_a_key_whose_only_tool_is_removed_may_nothing_rather_than_everything(cast: Cast) -> None:
    issued = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Key", scopes=["mcp:call"])
    family = str(issued.api_key.family)
    selection_set(**selection(cast.ada, family, "count"))
    company = cast.acme
    server_tool_remove(tenant=company.tenant, actor=cast.ada.actor, server=company.server, tool=tool(cast.ada, "count"))
    assert may_call(cast.ada, roles=("owner",), user=str(cast.ada.user.pk), api_key=family) == set()
