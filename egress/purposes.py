"""For what something is fetched, and what that may do: the one table of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KB: Final = 1024
MB: Final = 1024 * KB


class Purpose(StrEnum):
    """Who goes out. The word is in every record of a refusal."""

    HTTP_TOOL = "http_tool"
    OPENAPI_IMPORT = "openapi_import"
    UPSTREAM_MCP = "upstream_mcp"
    UPSTREAM_OAUTH = "upstream_oauth"
    CLIENT_METADATA = "client_metadata"
    ICON = "icon"
    TEST_BUTTON = "test_button"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. A request may ask for less, never for more.

    `deadline` is for everything together, redirects included; `idle` for each time that the other side is waited for.
    `stream_deadline` and `largest_stream` hold instead where the answer is an event stream; without, it is an answer
    like any other. `largest` counts what an answer has when it is unpacked, and what was sent of it alike.
    """

    deadline: float
    idle: float
    largest: int
    largest_request: int = 64 * KB
    stream_deadline: float | None = None
    largest_stream: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a purpose may do. `most_redirects` are followed where a request asks for it. `goes_inside`: the operator's
    private networks and further ports count. `inflates`: an answer that comes compressed is unpacked, within limits.
    `keeps_alive`: connections are kept for the next request of the same tenant and owner."""

    methods: frozenset[str]
    limits: Limits
    most_redirects: int = 0
    goes_inside: bool = True
    inflates: bool = True
    keeps_alive: bool = False
    sends_cookies: bool = False


_READ: Final = frozenset({"GET"})
_ALL: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

RULES: Final[Mapping[Purpose, Rules]] = {
    Purpose.HTTP_TOOL: Rules(
        _ALL,
        Limits(deadline=120, idle=60, largest=10 * MB, largest_request=10 * MB),
        most_redirects=5,
        keeps_alive=True,
        sends_cookies=True,
    ),
    Purpose.OPENAPI_IMPORT: Rules(_READ, Limits(deadline=30, idle=10, largest=32 * MB), most_redirects=5),
    Purpose.UPSTREAM_MCP: Rules(
        frozenset({"GET", "POST", "DELETE"}),
        Limits(
            deadline=300,
            idle=300,
            largest=10 * MB,
            largest_request=10 * MB,
            stream_deadline=3600,
            largest_stream=256 * MB,
        ),
        keeps_alive=True,
    ),
    Purpose.UPSTREAM_OAUTH: Rules(
        frozenset({"GET", "POST"}), Limits(deadline=15, idle=10, largest=256 * KB), most_redirects=3
    ),
    # A stranger's URL: it is asked for by whoever names it as a client id, before anybody has agreed to anything.
    Purpose.CLIENT_METADATA: Rules(
        _READ, Limits(deadline=5, idle=5, largest=5 * KB, largest_request=0), goes_inside=False, inflates=False
    ),
    Purpose.ICON: Rules(_READ, Limits(deadline=10, idle=5, largest=256 * KB), most_redirects=3, goes_inside=False),
    Purpose.TEST_BUTTON: Rules(
        _ALL, Limits(deadline=30, idle=15, largest=MB, largest_request=MB), most_redirects=5, sends_cookies=True
    ),
}
"""What each may do. docs/egress.md shows it as a table, and a test holds the two together."""
