"""How many calls of this replica may be out at once: to one upstream, and of one tenant.

Whoever finds no place is told so at once: waiting would fill with calls what the limit keeps free. The tenant's share
is below what egress has for it, so that a slow upstream never has the last connection.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mcp_runtime.resilience.targets import Target

TENANT_AT_ONCE: Final = 48


class NoRoom(Exception):  # noqa: N818 - reads as the state it reports
    """As many calls are out as may be. `whose` is upstream or tenant."""

    def __init__(self, whose: str, limit: int) -> None:
        super().__init__(f"{limit} calls at once are out already")
        self.whose, self.limit = whose, limit


class Bulkhead:
    """Counts the calls of one replica that are out."""

    def __init__(self, tenant_at_once: int = TENANT_AT_ONCE) -> None:
        self._most = tenant_at_once
        self._out: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def place(self, target: Target) -> Iterator[None]:
        """A place for one call, until the end of the block. Raises NoRoom."""
        places = ((target.tenant_id, target.name), (target.tenant_id, ""))
        for place, whose, limit in zip(places, ("upstream", "tenant"), (target.at_once, self._most), strict=True):
            if self._out[place] >= limit:
                self._drop_empty(places)
                raise NoRoom(whose, limit)
        self._out.update(places)
        try:
            yield
        finally:
            self._out.subtract(places)
            self._drop_empty(places)

    @property
    def out(self) -> int:
        """Calls that are out now."""
        return sum(number for (_, target), number in self._out.items() if not target)

    def _drop_empty(self, places: tuple[tuple[str, str], ...]) -> None:
        for place in places:
            if not self._out[place]:
                del self._out[place]
