"""The breakers of one replica, and what it tells the others of them.

A warm call asks nobody: every replica counts for itself. One that has found an upstream dead, or well again, writes it
down and tells the others; one that has never spoken to an upstream looks once whether somebody has. Without Redis each
replica finds out by itself.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import Any, Final

import msgspec

from mcp_runtime.contract import breakers as told
from mcp_runtime.contract.breakers import BreakerReport, breakers_key, decode_breaker, encode_breaker, probe_key
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.resilience.breaker import DEFAULT, Breaker, NotNow, Permit, Policy
from mcp_runtime.resilience.outcomes import Unwell, Well
from mcp_runtime.resilience.targets import Target

MOST: Final = 10_000
PROBE_SECONDS: Final = 60
"""How long one replica alone may try an upstream."""

ELSEWHERE_SECONDS: Final = 1.0
"""What a call is told to wait for while another replica tries."""

Key = tuple[str, str]


class Breakers:
    """By tenant and upstream. `replica` names this process."""

    def __init__(
        self, redis: Any, replica: str, policy: Policy = DEFAULT, clock: Callable[[], float] = monotonic
    ) -> None:
        self._redis, self._replica, self._policy, self._clock = redis, replica, policy, clock
        self._known: OrderedDict[Key, Breaker] = OrderedDict()
        self._telling: set[asyncio.Task[None]] = set()

    async def admit(self, target: Target) -> Permit | NotNow:
        """May one call go to this upstream? Every permit is settled."""
        breaker = self._known.get((target.tenant_id, target.name)) or await self._meet(target)
        admitted = breaker.admit(self._clock())
        if isinstance(admitted, Permit) and admitted.is_probe and not await self._may_probe(target):
            breaker.let_go(admitted)
            return NotNow(ELSEWHERE_SECONDS)
        return admitted

    def settle(self, target: Target, permit: Permit, outcome: Well | Unwell | None) -> None:
        """The admitted call has ended, and tells this of the upstream, or nothing."""
        breaker = self._known.get((target.tenant_id, target.name))
        if breaker is None:
            return
        if outcome is None:
            breaker.let_go(permit)
            has_changed = False
        elif isinstance(outcome, Well):
            has_changed = breaker.succeeded(permit, self._clock())
        else:
            has_changed = breaker.failed(permit, self._clock(), outcome.reason, outcome.retry_after)
        if has_changed:
            self._soon(self._tell(self._report(target, breaker), was_probe=permit.is_probe))
        elif permit.is_probe:
            self._soon(self._end_probe(target))

    def reason(self, target: Target) -> str:
        """Why it was last found unwell."""
        breaker = self._known.get((target.tenant_id, target.name))
        return "" if breaker is None else breaker.reason

    def hear(self, body: bytes) -> None:
        """Another replica tells of a breaker."""
        report = decode_breaker(body)
        breaker = self._known.get((report.tenant_id, report.target))
        if breaker is not None and report.replica != self._replica:
            self._adopt(breaker, report)

    def states(self) -> Iterator[tuple[str, str, str]]:
        """Tenant, target and state of those that are not closed."""
        now = self._clock()
        for (tenant, name), breaker in self._known.items():
            if breaker.is_open:
                yield tenant, name, breaker.state(now)

    async def stop(self) -> None:
        """Tell what is being told, for a moment at most."""
        if self._telling:
            await asyncio.wait(set(self._telling), timeout=1)
        await end_all(self._telling)

    async def _meet(self, target: Target) -> Breaker:
        """The breaker of an upstream that this replica has not spoken to yet, as the others know it."""
        report = None
        with contextlib.suppress(*STORE_DOWN, msgspec.DecodeError):
            body = await self._redis.hget(breakers_key(target.tenant_id), target.name)
            report = None if body is None else decode_breaker(body)
        breaker = self._known.setdefault((target.tenant_id, target.name), Breaker(self._policy))
        if report is not None and not breaker.is_open:
            self._adopt(breaker, report)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return breaker

    def _adopt(self, breaker: Breaker, report: BreakerReport) -> None:
        now = self._clock()
        if report.is_open:
            breaker.adopt(now, now + report.until - time(), report.reason, report.failures)
        else:
            breaker.close(now)

    async def _may_probe(self, target: Target) -> bool:
        """Whether this replica is the one that tries; without Redis, each does."""
        key = probe_key(target.tenant_id, target.name)
        with contextlib.suppress(*STORE_DOWN):
            return bool(await self._redis.set(key, self._replica, nx=True, ex=PROBE_SECONDS))
        return True

    def _report(self, target: Target, breaker: Breaker) -> BreakerReport:
        elapsed = time() - self._clock()
        return BreakerReport(
            tenant_id=target.tenant_id,
            target=target.name,
            is_open=breaker.is_open,
            since=breaker.since + elapsed,
            until=breaker.until + elapsed if breaker.is_open else 0.0,
            reason=breaker.reason,
            failures=breaker.failures,
            replica=self._replica,
        )

    async def _tell(self, report: BreakerReport, *, was_probe: bool) -> None:
        body, key, name = encode_breaker(report), breakers_key(report.tenant_id), report.target
        member = f"{report.tenant_id} {name}"
        with contextlib.suppress(*STORE_DOWN):
            async with self._redis.pipeline(transaction=False) as pipe:
                if report.is_open:
                    pipe.hset(key, name, body)
                    pipe.expire(key, told.KEPT_SECONDS)
                    pipe.zadd(told.OPEN, {member: report.until})
                    pipe.zremrangebyscore(told.OPEN, "-inf", time() - told.KEPT_SECONDS)
                else:
                    pipe.hdel(key, name)
                    pipe.zrem(told.OPEN, member)
                if was_probe:
                    pipe.delete(probe_key(report.tenant_id, name))
                pipe.publish(told.CHANNEL, body)
                await pipe.execute()

    async def _end_probe(self, target: Target) -> None:
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.delete(probe_key(target.tenant_id, target.name))

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
