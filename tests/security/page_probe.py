"""What is asked of a page of the dashboard, and what its owner gets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.security.world import CANARY, World


def canary(_: World) -> str:
    """The mark in every text of acme."""
    return CANARY


def nothing_sent(_: World) -> dict[str, Any]:
    """A form without fields."""
    return {}


@dataclass(frozen=True)
class PageProbe:
    """`form` is what the owner posts, `status` what they get: 200 to a GET and 302 to a POST where it is not said.
    `shows` is what their answer must contain, None where it is a redirection or a stream. `of_max` is the status that
    a caller of the same tenant gets. `headers` are sent along, as htmx does. A stream is not read."""

    form: Callable[[World], dict[str, Any]] = nothing_sent
    shows: Callable[[World], str] | None = canary
    status: int | None = None
    of_max: int = 403
    headers: dict[str, str] = field(default_factory=dict)
    is_stream: bool = False

    def expected(self, method: str) -> int:
        """The owner's status."""
        return self.status or (302 if method == "POST" else 200)

    def shown(self, world: World, method: str) -> str:
        """What the owner's answer contains; empty where nothing is to be looked for."""
        redirects = 300 <= self.expected(method) < 400
        return "" if self.shows is None or self.is_stream or redirects else self.shows(world)
