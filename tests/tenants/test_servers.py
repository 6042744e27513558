"""Servers and what they start with."""

import pytest

from mcp_runtime.contract.limits import Rate
from tenants.actor import PLATFORM, Actor
from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Server
from tenants.scope import tenant_scope
from tenants.selectors.grants import grant_list
from tenants.selectors.servers import server_get, server_list, server_tool_list
from tenants.services.servers import (
    server_create,
    server_delete,
    server_rename,
    server_resume,
    server_suspend,
    server_update,
)
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast


def granted(cast: Cast, server: Server) -> set[tuple[str, str]]:
    """Role and target's name, for every grant."""
    with tenant_scope(cast.acme.tenant):
        names = {str(tool.pk): tool.name for tool in server_tool_list(server=server)}
        return {(grant.subject, names.get(grant.target, grant.target_kind)) for grant in grant_list(server=server)}


def test_a_template_goes_to_those_who_work_with_it(cast: Cast) -> None:
    everything = {("owner", "server"), ("admin", "server")}
    tools = {(role, tool) for role in ("developer", "caller") for tool in ("shout", "count")}
    assert granted(cast, cast.acme.server) == everything | tools


def test_a_blank_server_goes_to_owner_and_admin(cast: Cast) -> None:
    blank = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="blank", name="Blank")
    assert granted(cast, blank) == {("owner", "server"), ("admin", "server")}


def test_slugs_are_the_tenants_own(cast: Cast) -> None:
    with pytest.raises(NameTakenError):
        server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="demo", name="Again")
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="mine", name="Mine")
    server_create(tenant=cast.globex.tenant, actor=cast.gus.actor, slug="mine", name="Mine too")
    with tenant_scope(cast.globex.tenant):
        assert [server.slug for server in server_list()] == ["demo", "mine"]


def test_what_can_not_be_a_server_is_refused(cast: Cast) -> None:
    for wrong in ({"slug": "De mo"}, {"name": " "}, {"toolkits": ["nothing"]}, {"name": "two\nlines"}):
        values = {"slug": "new", "name": "New", **wrong}
        with pytest.raises(InvalidValueError):
            server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, **values)
    with tenant_scope(cast.acme.tenant):
        assert server_list().count() == 1


def test_the_plan_caps_servers_and_tools(cast: Cast) -> None:
    tenant = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"servers": 2, "tools_per_server": 1})
    with pytest.raises(LimitReachedError, match="tools"):
        server_create(tenant=tenant, actor=cast.ada.actor, slug="two", name="Two", toolkits=["text"])
    server_create(tenant=tenant, actor=cast.ada.actor, slug="two", name="Two", toolkits=["ledger"])
    with pytest.raises(LimitReachedError, match="servers"):
        server_create(tenant=tenant, actor=cast.ada.actor, slug="three", name="Three")


def test_a_server_is_updated_suspended_resumed(cast: Cast) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    server = server_update(
        **who, name="Tools", instructions="Be brief.", allowed_origins=["https://App.acme.test"], rate=Rate(2, 5)
    )
    assert (server.name, server.instructions, server.allowed_origins) == (
        "Tools",
        "Be brief.",
        ["https://app.acme.test"],
    )
    assert (server.rate_per_second, server.rate_burst) == (2, 5)
    assert server_update(**who, name="Other").rate_burst == 5
    assert server_update(**who, rate=None).rate_burst is None
    assert server_suspend(**who).status == "suspended"
    assert server_resume(**who).status == "active"


@pytest.mark.parametrize(
    "origin", ["app.acme.test", "https://app.acme.test/path", "null", "ftp://x", "https://u@x", "*"]
)
def test_an_origin_has_its_form(cast: Cast, origin: str) -> None:
    with pytest.raises(InvalidValueError):
        server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, allowed_origins=[origin])


def test_a_renamed_server_is_found_by_its_new_name_only(cast: Cast) -> None:
    server_rename(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, slug="tools")
    with tenant_scope(cast.acme.tenant):
        assert server_get(slug="tools").pk == cast.acme.server.pk
        with pytest.raises(NotFoundError):
            server_get(slug="demo")


def test_the_outsider_can_not_touch_a_server(cast: Cast) -> None:
    who = {"tenant": cast.globex.tenant, "actor": cast.gus.actor, "server": cast.acme.server}
    for change in (
        server_suspend,
        server_delete,
        lambda **of: server_update(**of, name="Mine"),
        lambda **of: server_rename(**of, slug="mine"),
    ):
        with pytest.raises(NotFoundError):
            change(**who)
    with tenant_scope(cast.globex.tenant):
        assert server_list().get().pk == cast.globex.server.pk


def test_callers_and_auditors_change_no_server(cast: Cast) -> None:
    for role in ("caller", "auditor"):
        who = {"tenant": cast.acme.tenant, "actor": Actor(role=role, user_id=cast.max.user.pk)}
        with pytest.raises(AbilityMissingError):
            server_create(**who, slug="mine", name="Mine")
        with pytest.raises(AbilityMissingError):
            server_delete(**who, server=cast.acme.server)


def test_a_key_for_some_servers_changes_no_others(cast: Cast) -> None:
    second = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    by_key = Actor(role="owner", user_id=cast.ada.user.pk, servers=frozenset({second.pk}))
    who = {"tenant": cast.acme.tenant, "actor": by_key}
    assert server_suspend(**who, server=second).status == "suspended"
    with pytest.raises(NotFoundError):
        server_suspend(**who, server=cast.acme.server)
    with pytest.raises(AbilityMissingError):
        server_create(**who, slug="third", name="Third")
