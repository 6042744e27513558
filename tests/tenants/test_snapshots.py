"""A snapshot says everything about one server, and nothing about another tenant's."""

from typing import Any

from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot
from tenants.actor import PLATFORM
from tenants.catalogue import tool_catalogue
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_get, server_tool_get
from tenants.services.server_tools import server_tool_add, server_tool_update
from tenants.services.servers import server_update
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Company


def snapshot(company: Company) -> ServerSnapshot:
    with tenant_scope(company.tenant):
        server = server_get(slug="demo")
        return build_snapshot(server=server, catalogue=tool_catalogue())


def test_a_snapshot_holds_what_the_rows_say(cast: Cast) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    server_update(**who, instructions="Be brief.", allowed_origins=["https://app.acme.test"], rate=Rate(2, 5))
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"calls_per_day": 9, "servers": 4})
    built = snapshot(cast.acme)
    assert (built.tenant.slug, built.tenant.status, built.tenant.limits.calls_per_day) == ("acme", "active", 9)
    assert not hasattr(built.tenant.limits, "servers")
    assert (built.slug, built.instructions, built.rate) == ("demo", "Be brief.", Rate(2, 5))
    assert built.allowed_origins == ("https://app.acme.test",)
    assert GrantSpec(subject_kind="role", subject="owner", target_kind="server") in built.grants
    assert {grant.target for grant in built.grants if grant.target} == {tool.id for tool in built.tools}
    assert built.is_serving


def test_a_tool_is_its_definition_with_the_tenants_overrides(cast: Cast) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    tool = server_tool_add(**who, toolkit="ledger", tool="post", name="book")
    server_tool_update(**who, tool=tool, description="Books it.", rate=Rate(1, 1), timeout_seconds=5)
    tools = {tool.name: tool for tool in snapshot(cast.acme).tools}
    book, count = tools["book"], tools["count"]
    assert (book.id, book.config) == (str(tool.pk), {"toolkit": "ledger", "tool": "post"})
    assert (book.description, book.rate, book.timeout_seconds, book.concurrency) == ("Books it.", Rate(1, 1), 5, 2)
    assert (count.title, count.annotations.is_read_only, tools["shout"].quick) == ("Count", True, True)


def test_what_is_switched_off_or_not_installed_is_left_out(cast: Cast, settings: Any) -> None:
    with tenant_scope(cast.acme.tenant):
        shout = server_tool_get(server=cast.acme.server, name="shout")
    settings.TOOL_CATALOGUE = "tests.fixtures.catalogue.FEWER"
    assert [tool.name for tool in snapshot(cast.acme).tools] == ["shout"]
    server_tool_update(
        tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, tool=shout, is_enabled=False
    )
    assert snapshot(cast.acme).tools == ()


def test_the_outsiders_snapshot_shares_nothing(cast: Cast) -> None:
    ours, theirs = snapshot(cast.acme), snapshot(cast.globex)
    assert ours.tenant.id != theirs.tenant.id
    assert not {tool.id for tool in ours.tools} & {tool.id for tool in theirs.tools}
    assert not {grant.target for grant in ours.grants if grant.target} & {grant.target for grant in theirs.grants}
