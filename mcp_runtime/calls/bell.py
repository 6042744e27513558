"""A bell that one task waits for: an event with far less to it, for there are thousands of them."""

import asyncio


class Bell:
    """Rung from the event loop; a ring that nobody waited for is heard by the next who does."""

    __slots__ = ("_is_rung", "_waiting")

    def __init__(self) -> None:
        self._waiting: asyncio.Future[None] | None = None
        self._is_rung = False

    def ring(self) -> None:
        """Wake the one who waits."""
        self._is_rung = True
        self._give_up()

    async def heard(self, seconds: float) -> bool:
        """Wait for a ring, so many seconds at most; False where there was none."""
        if not self._is_rung:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(seconds, self._give_up)
            try:
                await self._waiting
            finally:
                timer.cancel()
                self._waiting = None
        was_rung, self._is_rung = self._is_rung, False
        return was_rung

    def _give_up(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
