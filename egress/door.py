"""The way out itself: a request is checked, sent, followed where it is asked for, and its answer kept within limits."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from egress.answers import Answer, Fetched
from egress.clock import Clock
from egress.denials import Caller, Denial, Report, named_host, unheard
from egress.errors import EgressError, EgressRefused
from egress.exchange import Exchange, Trip
from egress.guard import Guard, Outside
from egress.installation import Installation
from egress.outgoing import Outgoing, Redirects
from egress.pool import Pool
from egress.purposes import RULES, Limits, Purpose, Rules
from egress.redirects import followed

_NOT_MODIFIED: Final = 304


class Door:
    """For one installation. With a pool it keeps connections and belongs to one event loop, and is closed at the end;
    without, every connection is closed with its answer. `report` hears every refusal."""

    def __init__(
        self,
        *,
        installation: Installation,
        outside: Outside | None = None,
        report: Report = unheard,
        pool: Pool | None = None,
        rules: Mapping[Purpose, Rules] = RULES,
    ) -> None:
        self._guard = Guard(outside or Outside(), installation)
        self._report = report
        self._pool = pool
        self._rules = rules

    async def send(self, outgoing: Outgoing, caller: Caller) -> Answer:
        """The answer, as soon as its head has come; whoever asks closes it. Raises EgressRefused and EgressFailed."""
        rules = self._rules[caller.purpose]
        limits = _narrowed(rules.limits, outgoing)
        trip = Trip(caller, rules, limits, Clock(limits.deadline, limits.idle))
        try:
            for _ in range(rules.most_redirects + 1):
                came = await self._hop(outgoing, trip)
                if isinstance(came, Answer):
                    return came
                outgoing = came
            raise EgressRefused("too_many_redirects")
        except EgressError as error:
            self._tell(error, outgoing.url, caller)
            raise

    @asynccontextmanager
    async def open(self, outgoing: Outgoing, caller: Caller) -> AsyncIterator[Answer]:
        """`send`, and the answer is closed at the end."""
        answer = await self.send(outgoing, caller)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def fetch(self, outgoing: Outgoing, caller: Caller) -> Fetched:
        """The whole answer. Every status that is no redirect is one: look at it. Raises as `send` does."""
        async with self.open(outgoing, caller) as answer:
            return Fetched(answer.status, answer.headers, await answer.read())

    def fetch_blocking(self, outgoing: Outgoing, caller: Caller) -> Fetched:
        """`fetch` for a thread without an event loop, as Django's are; for a door without a pool. Raises RuntimeError
        where a loop is running."""
        return asyncio.run(self.fetch(outgoing, caller))

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        if self._pool is not None:
            self._pool.close()

    async def _hop(self, outgoing: Outgoing, trip: Trip) -> Answer | Outgoing:
        """One request: its answer, or what is to be asked for instead."""
        target, policy = self._guard.check(outgoing, trip.caller, trip.rules)
        exchange = Exchange(self._guard, self._pool, target, policy, trip)
        is_answered = False
        try:
            head, connection = await exchange.head(outgoing)
            answer = Answer(
                head, connection, trip.clock, url=target.url, method=outgoing.method, is_kept=exchange.keeps
            )
            answer.when_over(exchange.end, lambda error: self._tell(error, target.url, trip.caller))
            is_final = not _is_redirect(head.status_code) or outgoing.redirects is Redirects.HAND_OVER
            if is_final:
                answer.admit(trip.rules, trip.limits)
            is_answered = True
        finally:
            if not is_answered:
                await exchange.end(whole=False)
        if is_final:
            return answer  # which ends it from now on
        await answer.aclose()
        if outgoing.redirects is Redirects.REFUSE or not trip.rules.most_redirects:
            raise EgressRefused("redirected")
        return followed(outgoing, target, answer.status, answer.header("location"), policy)

    def _tell(self, error: EgressError, url: str, caller: Caller) -> None:
        if isinstance(error, EgressRefused):
            host = named_host(url)
            self._report(Denial(error.reason, host, caller.purpose, caller.tenant, caller.owner))


def _is_redirect(status: int) -> bool:
    return status // 100 == 3 and status != _NOT_MODIFIED


def _narrowed(limits: Limits, outgoing: Outgoing) -> Limits:
    """The limits of a purpose, or the request's own where they are narrower."""
    return replace(
        limits,
        deadline=_lesser(limits.deadline, outgoing.deadline),
        stream_deadline=limits.stream_deadline and _lesser(limits.stream_deadline, outgoing.deadline),
        idle=_lesser(limits.idle, outgoing.idle),
        largest=int(_lesser(limits.largest, outgoing.max_bytes)),
    )


def _lesser(limit: float, asked: float | None) -> float:
    return limit if asked is None else min(limit, asked)
