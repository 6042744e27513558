"""Token buckets in Redis (GCRA), drawn on by leases, so that a warm call asks nobody.

A lease is never larger than 100 ms of the bucket's rate; below 100 calls/s every call asks. Tokens of a lease that were
not used in time are lost. While Redis is away a bucket falls to what is leased, then to a tenth of its rate.
"""

import asyncio
from collections import OrderedDict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from mcp_runtime.contract.keys import PREFIX
from mcp_runtime.contract.limits import Rate
from mcp_runtime.replica.redis_link import STORE_DOWN

LEASE_SECONDS: Final = 0.5
LEASED_SHARE: Final = 0.1
SMALL_RATE: Final = 100.0
RETRY_STORE_SECONDS: Final = 1.0
BUCKETS: Final = 100_000

SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tats = {}
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1])
  local tat = tonumber(redis.call('GET', key) or '0')
  if tat < now then tat = now end
  local over = tat + interval - now - interval * burst
  if over > 0 then return {0, i, math.ceil(over)} end
  tats[i] = tat
end
local granted = {1}
for i, key in ipairs(KEYS) do
  local interval, burst, wanted = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  local room = math.floor((interval * burst - (tats[i] - now)) / interval)
  local count = math.max(1, math.min(wanted, room))
  local tat = tats[i] + interval * count
  redis.call('SET', key, string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000) + 1)
  granted[i + 1] = count
end
return granted
"""
"""All or nothing: one token from every bucket, and as much of each lease as it holds. Times are microseconds."""


@dataclass(frozen=True, slots=True)
class Limited:
    """A rate is used up. `level` is tenant, server, principal or tool; `retry_after` is seconds."""

    level: str
    rate: Rate
    retry_after: float


class Bucket:
    """One level's bucket and what this replica has leased of it."""

    __slots__ = ("drawing", "expires", "interval", "key", "lease", "level", "rate", "tokens")

    def __init__(self, level: str, key: str, rate: Rate) -> None:
        self.level, self.key, self.rate = level, key, rate
        self.interval = max(1, round(1_000_000 / rate.per_second))
        self.lease = int(rate.per_second * LEASED_SHARE) if rate.per_second >= SMALL_RATE else 1
        self.tokens = 0
        self.expires = 0.0
        self.drawing = asyncio.Lock()


class Buckets:
    """The buckets that this replica draws on, shared by everybody who is subject to them."""

    def __init__(self, redis: Any) -> None:
        self._script = redis.register_script(SCRIPT)
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._refills: set[asyncio.Task[Limited | None]] = set()
        self._refilling: set[str] = set()
        self._store_retry = 0.0

    def bucket(self, level: str, name: str, rate: Rate) -> Bucket:
        """The bucket of this level and name; a changed rate makes a new one on the same key."""
        key = f"{PREFIX}rate:{level}:{name}"
        bucket = self._buckets.get(key)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[key] = Bucket(level, key, rate)
            if len(self._buckets) > BUCKETS:
                self._buckets.popitem(last=False)
        return bucket

    def known(self) -> tuple[Bucket, ...]:
        """The buckets that this replica has drawn on."""
        return tuple(self._buckets.values())

    def take(self, buckets: tuple[Bucket, ...], now: float) -> bool:
        """Take one token of every lease if all have one; `now` is monotonic. Refills in the background."""
        for bucket in buckets:
            if bucket.tokens <= 0 or bucket.expires <= now:
                return False
        for bucket in buckets:
            bucket.tokens -= 1
            if bucket.tokens < bucket.lease // 2 or bucket.expires - now < LEASE_SECONDS / 2:
                self._refill_soon(bucket)
        return True

    async def acquire(self, buckets: tuple[Bucket, ...]) -> Limited | None:
        """Take one token of every bucket, asking Redis for those whose lease is used up; None when admitted.

        A lease is drawn by one at a time, and whoever comes meanwhile has part of it: were it drawn for everybody of a
        crowd, a bucket would be empty after as many as it has leases.
        """
        async with AsyncExitStack() as turns:
            for bucket in sorted(_empty(buckets), key=lambda bucket: bucket.key):
                if bucket.lease > 1:
                    await turns.enter_async_context(bucket.drawing)
            empty = _empty(buckets)
            limited = await self._draw(empty) if empty else None
            if limited is not None and not _have_tokens(empty):
                return limited
            for bucket in buckets:
                bucket.tokens -= 1
        return None

    async def _draw(self, buckets: tuple[Bucket, ...]) -> Limited | None:
        if monotonic() < self._store_retry:
            return _draw_locally(buckets)
        arguments = [value for bucket in buckets for value in (bucket.interval, bucket.rate.burst, bucket.lease)]
        try:
            answer = await self._script(keys=[bucket.key for bucket in buckets], args=arguments)
        except STORE_DOWN:
            self._store_retry = monotonic() + RETRY_STORE_SECONDS
            return _draw_locally(buckets)
        if answer[0] == 0:
            refusing = buckets[answer[1] - 1]
            return Limited(refusing.level, refusing.rate, answer[2] / 1_000_000)
        expires = monotonic() + LEASE_SECONDS
        for bucket, count in zip(buckets, answer[1:], strict=True):
            # What an expired lease still held is gone; what a live one holds (a refill) stays.
            bucket.tokens = count + (bucket.tokens if bucket.expires > monotonic() else 0)
            bucket.expires = expires
        return None

    def _refill_soon(self, bucket: Bucket) -> None:
        if bucket.lease == 1 or bucket.key in self._refilling or bucket.tokens >= bucket.lease:
            return
        self._refilling.add(bucket.key)
        task = asyncio.ensure_future(self._draw((bucket,)))
        self._refills.add(task)
        task.add_done_callback(lambda done: self._refilled(done, bucket.key))

    def _refilled(self, task: "asyncio.Task[Limited | None]", key: str) -> None:
        self._refills.discard(task)
        self._refilling.discard(key)


def _empty(buckets: tuple[Bucket, ...]) -> tuple[Bucket, ...]:
    now = monotonic()
    return tuple(bucket for bucket in buckets if bucket.tokens <= 0 or bucket.expires <= now)


def _have_tokens(buckets: tuple[Bucket, ...]) -> bool:
    """Whether others, who drew at the same time, have brought what is needed."""
    now = monotonic()
    return all(bucket.tokens > 0 and bucket.expires > now for bucket in buckets)


def _draw_locally(buckets: tuple[Bucket, ...]) -> Limited | None:
    """Without Redis: a tenth of the rate, at least one call a second, counted in this process alone."""
    now = monotonic()
    for bucket in buckets:
        if bucket.expires > now:
            return Limited(bucket.level, bucket.rate, bucket.expires - now)
    for bucket in buckets:
        bucket.tokens = max(1, int(bucket.rate.per_second * LEASED_SHARE))
        bucket.expires = now + RETRY_STORE_SECONDS
    return None
