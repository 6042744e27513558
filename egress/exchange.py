"""One request and the head of its answer, on a connection that was kept or is opened for it."""

from dataclasses import dataclass
from typing import Final

import h11

from egress.clock import Clock
from egress.connection import Connection
from egress.denials import Caller
from egress.errors import EgressFailed
from egress.guard import Guard
from egress.outgoing import Outgoing, wire_request
from egress.pool import Key, Pool
from egress.purposes import Limits, Rules
from egress.urls import Policy, Target

_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Trip:
    """One request of one caller, over all its redirects."""

    caller: Caller
    rules: Rules
    limits: Limits
    clock: Clock


class Exchange:
    """Ends once, with `end`: the connection is kept then, or closed."""

    def __init__(self, guard: Guard, pool: Pool | None, target: Target, policy: Policy, trip: Trip) -> None:
        caller = trip.caller
        self._guard = guard
        self._pool = pool if trip.rules.keeps_alive else None
        self._target = target
        self._policy = policy
        self._trip = trip
        self._key: Key = (caller.tenant, caller.owner, caller.purpose.value, target.origin)
        self._connection: Connection | None = None
        self._is_counted = False

    @property
    def keeps(self) -> bool:
        """Whether the connection is to be kept, if it can be."""
        return self._pool is not None

    async def head(self, outgoing: Outgoing) -> tuple[h11.Response, Connection]:
        """Send the request; the head of its answer, and the connection on which the rest comes."""
        request = wire_request(outgoing, self._target, self._trip.rules)
        if self._pool is not None:
            self._pool.enter(self._trip.caller.tenant)
            self._is_counted = True
            if (kept := await self._pool.take(self._key)) is not None:
                try:
                    return await self._asked(kept, request, outgoing)
                except EgressFailed as error:
                    if not _may_be_sent_again(outgoing, kept, error):
                        raise
                await kept.closed()
        connection = await self._guard.open(
            self._target, self._policy, self._trip.clock, tenant=self._trip.caller.tenant
        )
        return await self._asked(connection, request, outgoing)

    async def _asked(
        self, connection: Connection, request: h11.Request, outgoing: Outgoing
    ) -> tuple[h11.Response, Connection]:
        self._connection = connection
        clock = self._trip.clock
        await connection.send(request, outgoing.body, clock, self._trip.limits.largest_request)
        return await connection.head(clock, method=outgoing.method), connection

    async def end(self, whole: bool) -> None:
        """Keep the connection where the `whole` answer was read and it is good for another; else close it. Once."""
        connection, self._connection = self._connection, None
        if self._pool is not None and self._is_counted:
            self._is_counted = False
            self._pool.leave(self._trip.caller.tenant)
        if connection is None:
            return
        if whole and self._pool is not None and connection.renew():
            self._pool.keep(self._key, connection)
        else:
            await connection.closed()


def _may_be_sent_again(outgoing: Outgoing, kept: Connection, error: EgressFailed) -> bool:
    """Whether a host closed a kept connection just as it was used again, and the request does no harm twice
    (RFC 9110, 9.2.2; RFC 9112, 9.3.1)."""
    was_closed = error.reason == "cut_short" and not kept.has_answered
    return was_closed and outgoing.method in _IDEMPOTENT and isinstance(outgoing.body, bytes)
