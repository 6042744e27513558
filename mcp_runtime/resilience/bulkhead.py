"""How many calls of this replica may be out at once: to one upstream, and of one tenant.

Whoever finds no place is told so at once: waiting would fill with calls what the limit keeps free. The tenant's share
is below what egress has for it, so that a slow upstream never has the last connection.
"""

from typing import Any, Final

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
        self._to: dict[tuple[str, str], int] = {}
        self._of: dict[str, int] = {}

    def enter(self, target: Target) -> None:
        """A place for one call, until `leave`. Raises NoRoom."""
        key, tenant = (target.tenant_id, target.name), target.tenant_id
        to, of = self._to.get(key, 0), self._of.get(tenant, 0)
        if to >= target.at_once:
            raise NoRoom("upstream", target.at_once)
        if of >= self._most:
            raise NoRoom("tenant", self._most)
        self._to[key], self._of[tenant] = to + 1, of + 1

    def leave(self, target: Target) -> None:
        """Give the place back."""
        for counts, key in ((self._to, (target.tenant_id, target.name)), (self._of, target.tenant_id)):
            _count_down(counts, key)

    @property
    def out(self) -> int:
        """Calls that are out now."""
        return sum(self._of.values())


def _count_down(counts: dict[Any, int], key: Any) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
