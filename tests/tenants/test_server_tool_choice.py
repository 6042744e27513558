from typing import Any

import pytest

from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_tool_list
from tenants.services.server_tool_choice import server_tools_add
from tenants.services.server_tools import server_tool_remove
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast, Person


def of(person: Person) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def names(person: Person) -> list[str]:
    with tenant_scope(person.company.tenant):
        return [tool.name for tool in server_tool_list(server=person.company.server)]


def test_several_tools_come_at_once(cast: Cast) -> None:
    blank = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="blank", name="Blank")
    before = blank.version
    server_tools_add(**{**of(cast.ada), "server": blank}, tools=[("text", "shout"), ("ledger", "post")])
    with tenant_scope(cast.acme.tenant):
        assert [tool.name for tool in server_tool_list(server=blank)] == ["post", "shout"]
        blank.refresh_from_db()
    assert blank.version > before
    assert names(cast.gus) == ["count", "shout"]


@pytest.mark.must("MUST-26.6")
@pytest.mark.parametrize(
    ("tools", "refusal", "words"),
    [
        ([], InvalidValueError, "at least one"),
        ([("text", "whisper"), ("ledger", "post")], NotFoundError, "no such tool in the catalogue: text/whisper"),
        ([("ledger", "post"), ("text", "shout")], NameTakenError, "two of shout"),
    ],
)
def test_it_is_all_of_them_or_none(cast: Cast, tools: Any, refusal: type[Exception], words: str) -> None:
    with pytest.raises(refusal, match=words):
        server_tools_add(**of(cast.ada), tools=tools)
    assert names(cast.ada) == ["count", "shout"]


def test_the_plan_says_how_much_room_there_is(cast: Cast) -> None:
    cast.acme.tenant.plan = {"tools_per_server": 2}
    with tenant_scope(cast.acme.tenant):
        cast.acme.tenant.save()
    with pytest.raises(LimitReachedError, match="room for 0 more"):
        server_tools_add(**of(cast.ada), tools=[("ledger", "post")])
    with tenant_scope(cast.acme.tenant):
        shout = server_tool_list(server=cast.acme.server).get(name="shout")
    server_tool_remove(**of(cast.ada), tool=shout)
    server_tools_add(**of(cast.ada), tools=[("ledger", "post")])


def test_only_who_manages_servers_adds_and_only_to_their_own(cast: Cast) -> None:
    with pytest.raises(AbilityMissingError):
        server_tools_add(**of(cast.max), tools=[("ledger", "post")])
    with pytest.raises(NotFoundError):
        server_tools_add(**{**of(cast.gus), "server": cast.acme.server}, tools=[("ledger", "post")])
