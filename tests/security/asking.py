"""The people who have no business at acme, and how their answers are compared."""

from typing import Any, Final

from tests.fixtures.api import Asker, bearer
from tests.security.world import World

REFUSED: Final = (401, 403, 404)
SAME_FOR_ALL: Final = ("content-type", "www-authenticate", "allow", "cache-control", "location", "vary", "retry-after")


def outsiders(world: World) -> dict[str, Asker]:
    """Everybody but acme's people."""
    keys = world.globex.keys
    return {
        "his management key": bearer(keys["manage"].secret),
        "his MCP key": bearer(keys["mcp"].secret),
        "his session": world.at_the_dashboard(world.cast.gus.user),
        "nobody": Asker(),
        "nonsense": bearer("atk_" + "0" * 38),
    }


def comparable(response: Any, *echoed: str) -> tuple[Any, ...]:
    """What a client can tell answers apart by, without what it sent itself."""
    text = response.content.decode()
    headers = {name: response.headers.get(name) for name in SAME_FOR_ALL}
    for value in sorted(echoed, key=len, reverse=True):
        text = text.replace(value, "…")
        headers = {name: header and header.replace(value, "…") for name, header in headers.items()}
    return response.status_code, headers, text
