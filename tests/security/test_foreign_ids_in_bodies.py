"""Ids of acme in what the outsider sends about his own tenant: they lead nowhere, like ids that do not exist."""

from typing import Any

import pytest

from tests.fixtures.api import bearer
from tests.security.asking import comparable
from tests.security.undoing import undone
from tests.security.world import MADE_UP, World

GRANTS = "tenants/globex/servers/shed/grants"
NO_ID = MADE_UP["uuid"]


def grant(**said: str) -> dict[str, str]:
    return {"subject_kind": "role", "subject": "caller", "target_kind": "server", **said}


def sent(world: World) -> dict[str, tuple[str, str, Any, Any]]:
    """By what is foreign: the request with acme's, and with what does not exist."""
    ids, spare = world.acme.names, world.acme.keys["spare"].api_key
    key = {"name": "Key", "scopes": ["mcp:read"]}

    def granted(kind: str, theirs: str, nobodys: str = NO_ID) -> tuple[str, str, Any, Any]:
        return "PUT", GRANTS, grant(subject_kind=kind, subject=theirs), grant(subject_kind=kind, subject=nobodys)

    def to_tool(target: str) -> dict[str, str]:
        return grant(target_kind="tool", target=target)

    return {
        "member": granted("member", ids["user_id"]),
        "api_key": granted("api_key", str(spare.family)),
        "client": granted("client", world.application.client_id, "client-made-up"),
        "tool": ("PUT", GRANTS, to_tool(str(world.acme.tool.pk)), to_tool(NO_ID)),
        "server": (
            *("POST", "tenants/globex/api-keys"),
            *({**key, "servers": [slug]} for slug in (ids["server"], MADE_UP["label"])),
        ),
    }


@pytest.mark.parametrize("foreign", ["member", "api_key", "client", "tool", "server"])
def test_they_are_not_found(world: World, foreign: str) -> None:
    method, path, *bodies = sent(world)[foreign]
    gus = bearer(world.globex.keys["manage"].secret)
    answers = []
    for body in bodies:
        with undone() as written:
            answers.append(gus.ask(method, path, body))
            assert world.unchanged(written)
    assert [answer.status_code for answer in answers] == [404, 404], answers[0].content
    assert comparable(answers[0]) == comparable(answers[1])


@pytest.mark.parametrize("resource", ["calls", "jobs"])
@pytest.mark.parametrize("foreign", ["server", "user_id", "tool"])
def test_filters_by_them_match_nothing(world: World, resource: str, foreign: str) -> None:
    ada, gus = (bearer(company.keys["manage"].secret) for company in (world.acme, world.globex))
    own = ada.get(f"tenants/acme/{resource}").json()["results"]
    assert own
    found = {"server": "vault", "user_id": own[0]["user_id"], "tool": own[0]["tool"]}
    assert ada.get(f"tenants/acme/{resource}?{foreign}={found[foreign]}").json()["results"]
    answer = gus.get(f"tenants/globex/{resource}?{foreign}={found[foreign]}")
    assert answer.json() == {"results": [], "next": None}


def test_a_foreign_cursor_leads_nowhere(world: World) -> None:
    ada, gus = (bearer(company.keys["manage"].secret) for company in (world.acme, world.globex))
    cursor = ada.get("tenants/acme/api-keys?limit=1").json()["next"]
    assert world.leaked(gus.get(f"tenants/globex/api-keys?cursor={cursor}").content.decode()) == set()
