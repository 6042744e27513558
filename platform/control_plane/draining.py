"""How a server ends: `/readyz` turns 503 at once, so that no new work is sent here, while the port still answers and
calls in flight finish; then it closes the port and its connections."""

import asyncio
import logging
import socket
from typing import Final, Protocol, runtime_checkable

import uvicorn

logger = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 25
"""How long calls that are in flight at SIGTERM may take to finish."""

CLOSE_SECONDS: Final = 5
"""How long, after that, connections may take to close."""


@runtime_checkable
class Draining(Protocol):
    """An application that can be told to send no new work here, and to end its open-ended streams."""

    def drain(self) -> None:
        """Not ready from now on."""


class DrainingServer(uvicorn.Server):
    """uvicorn, with a drain before its shutdown. A second Ctrl-C doesn't wait."""

    def __init__(self, config: uvicorn.Config, application: object) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then close."""
        if isinstance(self._application, Draining):
            self._application.drain()
        in_flight = set(self.server_state.tasks)
        if in_flight and not self.force_exit:
            logger.info("draining", extra={"in_flight": len(in_flight)})
            await asyncio.wait(in_flight, timeout=DRAIN_SECONDS)
        await super().shutdown(sockets)
