"""What waits for acme's owner, should her connection break, waits for nobody else, not even for who knows its ids."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tenants.services.server_tools import server_tool_add, server_tool_update
from tests.security.asking import comparable
from tests.security.serving import ACCEPT, Served, served_runtime
from tests.security.world import World

HERS: Final = "/mcp/acme/vault"
HIS: Final = "/mcp/globex/shed"
MADE_UP: Final = "A" * 24 + ".0"
SLOW: Final = "slow_decomposition"


@pytest.fixture
def served(committed_world: World, store: Any) -> Iterator[Served]:
    add_slow_tool(committed_world)
    with served_runtime() as running:
        yield running


def add_slow_tool(world: World) -> None:
    """A tool of acme's server that answers on a stream."""
    acme = {"tenant": world.cast.acme.tenant, "actor": world.cast.ada.actor, "server": world.acme.server}
    tool = server_tool_add(**acme, toolkit="compute", tool="matrix_decomposition", name=SLOW)
    server_tool_update(**acme, tool=tool, mode="inline")


def come_back(served: Served, path: str, key: str | None, session: str, event_id: str) -> Any:
    """Ask for the rest of a stream."""
    headers = {"Accept": ACCEPT, "Mcp-Session-Id": session, "Last-Event-ID": event_id}
    headers |= {"Authorization": f"Bearer {key}"} if key is not None else {}
    return served.ask("GET", path, headers=headers)


def test_a_stream_waits_for_its_own_client_alone(committed_world: World, served: Served) -> None:
    world, ada = committed_world, committed_world.acme.keys["mcp"].secret
    session, another = served.begin(HERS, ada), served.begin(HERS, ada)
    answer = served.legacy(HERS, ada, "tools/call", session, name=SLOW, arguments={"size": 3})
    first_id = next(line[4:] for line in answer.text.splitlines() if line.startswith("id: "))
    whole = come_back(served, HERS, ada, session, first_id)
    assert "singular_values" in whole.text
    gus, of_max = world.globex.keys["mcp"].secret, world.max_keys["mcp"].secret
    attempts = {
        "her other session": (HERS, ada, another, 400),
        "max, in his session": (HERS, of_max, served.begin(HERS, of_max), 400),
        "max, in hers": (HERS, of_max, session, 404),
        "gus, at home": (HIS, gus, served.begin(HIS, gus), 400),
        "gus, at home, in her session": (HIS, gus, session, 404),
        "gus, at hers": (HERS, gus, session, 401),
        "gus, at a server of her name": ("/mcp/globex/vault", gus, session, 404),
        "her management key": (HERS, world.acme.keys["manage"].secret, session, 401),
        "nobody": (HERS, None, session, 401),
    }
    for who, (path, key, in_session, status) in attempts.items():
        refused, unknown = (come_back(served, path, key, in_session, each) for each in (first_id, MADE_UP))
        assert refused.status_code == status, who
        assert comparable(refused, first_id) == comparable(unknown, MADE_UP), who
        assert world.leaked(refused.text) == set(), who
    assert come_back(served, HERS, ada, session, first_id).text == whole.text


def test_a_session_opens_its_own_stream_for_nobody_else(committed_world: World, served: Served) -> None:
    world, ada = committed_world, committed_world.acme.keys["mcp"].secret
    session, gus = served.begin(HERS, ada), world.globex.keys["mcp"].secret
    attempts = {
        "max": (HERS, world.max_keys["mcp"].secret, 404),
        "gus, at home": (HIS, gus, 404),
        "gus, at hers": (HERS, gus, 401),
        "gus, at a server of her name": ("/mcp/globex/vault", gus, 404),
        "her management key": (HERS, world.acme.keys["manage"].secret, 401),
        "nobody": (HERS, None, 401),
    }
    for who, (path, key, status) in attempts.items():
        headers = {"Accept": ACCEPT, **({"Authorization": f"Bearer {key}"} if key is not None else {})}
        refused, unknown = (
            served.ask("GET", path, headers={**headers, "Mcp-Session-Id": each}) for each in (session, "A" * 32)
        )
        assert refused.status_code == status, who
        assert comparable(refused, session) == comparable(unknown, "A" * 32), who
        assert world.leaked(refused.text) == set(), who
