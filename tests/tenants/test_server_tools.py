"""Tools on a server."""

from typing import Any

import pytest

from mcp_runtime.contract.limits import Rate
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import ServerTool
from tenants.scope import tenant_scope
from tenants.selectors.grants import grant_list
from tenants.selectors.servers import server_tool_get, server_tool_list
from tenants.services.server_tools import server_tool_add, server_tool_remove, server_tool_update
from tests.fixtures.cast import Cast


def of_acme(cast: Cast) -> dict[str, Any]:
    return {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}


def tool_named(cast: Cast, name: str) -> ServerTool:
    with tenant_scope(cast.acme.tenant):
        return server_tool_get(server=cast.acme.server, name=name)


def test_an_added_tool_goes_to_nobody_by_itself(cast: Cast) -> None:
    tool = server_tool_add(**of_acme(cast), toolkit="ledger", tool="post", name="book.entry")
    assert tool.name == "book.entry"
    with tenant_scope(cast.acme.tenant):
        assert not grant_list(server=cast.acme.server).filter(target=str(tool.pk)).exists()


def test_a_name_is_once_on_a_server(cast: Cast) -> None:
    with pytest.raises(NameTakenError):
        server_tool_add(**of_acme(cast), toolkit="text", tool="shout")
    second = server_tool_add(**of_acme(cast), toolkit="text", tool="shout", name="shout2")
    with pytest.raises(NameTakenError):
        server_tool_update(**of_acme(cast), tool=second, name="shout")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "naïve", "line\n", "get_job_result"])
def test_a_tool_name_has_its_form(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidValueError):
        server_tool_update(**of_acme(cast), tool=tool_named(cast, "shout"), name=name)


def test_only_tools_of_the_catalogue_are_added(cast: Cast) -> None:
    with pytest.raises(NotFoundError):
        server_tool_add(**of_acme(cast), toolkit="text", tool="post")


def test_overrides_are_set_and_taken_away(cast: Cast) -> None:
    tool = server_tool_add(**of_acme(cast), toolkit="ledger", tool="post")
    changed = server_tool_update(
        **of_acme(cast), tool=tool, title="Post", description="Post it.", rate=Rate(1, 2), concurrency=1,
        timeout_seconds=10, is_enabled=False,
    )  # fmt: skip
    assert (changed.title, changed.rate_burst, changed.concurrency, changed.timeout_seconds) == ("Post", 2, 1, 10)
    assert not changed.is_enabled
    plain = server_tool_update(**of_acme(cast), tool=tool, title="", rate=None, timeout_seconds=None)
    assert (plain.title, plain.rate_burst, plain.timeout_seconds, plain.concurrency) == ("", None, None, 1)


@pytest.mark.parametrize(
    "wrong", [{"timeout_seconds": 31}, {"timeout_seconds": 0}, {"concurrency": 3}, {"rate": Rate(0, 1)}]
)
def test_a_tenant_lowers_limits_and_does_not_raise_them(cast: Cast, wrong: dict[str, Any]) -> None:
    tool = server_tool_add(**of_acme(cast), toolkit="ledger", tool="post")
    with pytest.raises(InvalidValueError):
        server_tool_update(**of_acme(cast), tool=tool, **wrong)


def test_a_server_says_where_its_tool_runs(cast: Cast) -> None:
    tool = tool_named(cast, "shout")
    assert tool.mode == ""
    assert server_tool_update(**of_acme(cast), tool=tool, mode="background").mode == "background"
    with pytest.raises(InvalidValueError):
        server_tool_update(**of_acme(cast), tool=tool, mode="elsewhere")
    assert tool_named(cast, "shout").mode == "background"
    assert server_tool_update(**of_acme(cast), tool=tool, mode="").mode == ""


def test_a_removed_tool_takes_its_grants_along(cast: Cast) -> None:
    tool = tool_named(cast, "shout")
    server_tool_remove(**of_acme(cast), tool=tool)
    with tenant_scope(cast.acme.tenant):
        assert [left.name for left in server_tool_list(server=cast.acme.server)] == ["count"]
        assert not grant_list(server=cast.acme.server).filter(target=str(tool.pk)).exists()


def test_a_caller_changes_no_tool(cast: Cast) -> None:
    who = {**of_acme(cast), "actor": Actor(role="caller", user_id=cast.max.user.pk)}
    tool = tool_named(cast, "shout")
    for change in (
        lambda: server_tool_add(**who, toolkit="ledger", tool="post"),
        lambda: server_tool_update(**who, tool=tool, title="Mine"),
        lambda: server_tool_remove(**who, tool=tool),
    ):
        with pytest.raises(AbilityMissingError):
            change()


def test_the_outsider_reaches_no_tool(cast: Cast) -> None:
    tool = tool_named(cast, "shout")
    own = {"tenant": cast.globex.tenant, "actor": cast.gus.actor, "server": cast.globex.server}
    foreign = {**own, "server": cast.acme.server}
    for change in (
        lambda: server_tool_add(**foreign, toolkit="ledger", tool="post"),
        lambda: server_tool_update(**foreign, tool=tool, title="Mine"),
        lambda: server_tool_update(**own, tool=tool, title="Mine"),
        lambda: server_tool_remove(**own, tool=tool),
    ):
        with pytest.raises(NotFoundError):
            change()
    with tenant_scope(cast.globex.tenant):
        assert server_tool_list(server=cast.acme.server).count() == 0
