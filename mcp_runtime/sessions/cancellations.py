"""A legacy client cancels by a notification that may reach another replica: it is passed on over the bus.

The message names server, principal, session and request, and the scopes that the notification came with; a replica
that does not run that request ignores it.
"""

import contextlib
from typing import Any

import msgspec

from mcp_runtime.calls.running import RequestKey, RunningCalls
from mcp_runtime.contract.keys import CANCELLATIONS
from mcp_runtime.replica.redis_link import STORE_DOWN

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[RequestKey, tuple[str, ...]]).decode


class Cancellations:
    """Cancels here, or tells the others."""

    def __init__(self, redis: Any, running: RunningCalls) -> None:
        self._redis, self._running = redis, running

    async def cancel(self, key: RequestKey, scopes: tuple[str, ...]) -> bool:
        """Cancel the request wherever it runs; True where it ran here. Cancelling is best effort: an unknown request is
        no error."""
        if self._running.cancel(key, scopes):
            return True
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.publish(CANCELLATIONS, _encode((key, scopes)))
        return False

    def hear(self, message: bytes) -> None:
        """Another replica was told of a cancellation."""
        try:
            self._running.cancel(*_decode(message))
        except msgspec.DecodeError:
            return
