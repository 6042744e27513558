"""Clients that place orders, whatever happens to the installation, and write down what they are told."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from tests.chaos.clients import Client, Lost, Unexpected
from tests.chaos.ledger import Ledger
from tests.chaos.orders import Order
from tests.chaos.told import Told, told_by

PATIENCE_SECONDS: Final = 240.0
"""A client whose order is not answered within so long gives up."""

AGAIN_SECONDS: Final = 0.5
FOLLOW_SECONDS: Final = 20
WITHOUT_WAITING: Final = {"io.atrium/timeout": 0}
AT_ONCE: Final = 60
"""So many clients call at the same time. The others wait: what is killed must have time to come back."""


class Left(Exception):  # noqa: N818 - reads as the state it reports
    """The client has heard enough, and leaves."""


class Customers:
    """All clients of one run. `clients` are those of each company, modern and legacy."""

    def __init__(self, clients: Sequence[tuple[Client, Client]], upstream: int, ledger: Ledger) -> None:
        self._clients, self._upstream, self._ledger = clients, upstream, ledger
        self._room = asyncio.Semaphore(AT_ONCE)

    async def place(self, order: Order, began: float) -> None:
        """Wait until it is due and there is room, then see it through."""
        await asyncio.sleep(max(0.0, began + order.due - monotonic()))
        async with self._room:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._see_through(order)
            except TimeoutError:
                self._ledger.unanswered.append(order.name)

    async def _see_through(self, order: Order) -> None:
        if order.style == "held":
            await self._until_told(order, self._asked(order, {"progressToken": order.name}))
            return
        if order.style == "cancelled":
            await self._leave_at_first_progress(order)
        told = await self._until_told(order, self._asked(order, WITHOUT_WAITING))
        while order.style != "forgotten" and not told.has_ended:
            found = {"job_id": told.job_id, "wait_seconds": FOLLOW_SECONDS}
            told = await self._until_told(order, ("get_job_result", found, {}), told.job_id)

    def _asked(self, order: Order, meta: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        arguments = {"upstream": self._upstream, "work": order.work}
        return order.tool, arguments, {"io.atrium/idempotencyKey": order.name, **meta}

    async def _until_told(
        self, order: Order, asked: tuple[str, dict[str, Any], dict[str, Any]], job_id: str = ""
    ) -> Told:
        """Ask, again and again, until there is an answer; write it down. `job_id` is the job asked for, where known."""
        client = self._clients[order.company][0 if order.is_modern else 1]
        while True:
            heard: list[float] = []
            try:
                answer = await client.call(*asked, lambda _, message, heard=heard: _note(heard, message))
                told = told_by(answer)
            except (Lost, Unexpected) as lost:
                self._note_lost(order, lost)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            finally:
                if heard:
                    self._ledger.progress_heard.append((order.name, heard))
            told = replace(told, job_id=told.job_id or job_id)
            self._note_told(order, told)
            return told

    def _note_lost(self, order: Order, lost: Lost | Unexpected) -> None:
        if isinstance(lost, Unexpected):
            self._ledger.unexpected.append((order.name, str(lost)))
        else:
            self._ledger.trouble[str(lost)] += 1

    def _note_told(self, order: Order, told: Told) -> None:
        self._ledger.acknowledge(order.name, told.job_id)
        if told.has_ended:
            self._ledger.answer(told.job_id, told.state, told.text)

    async def _leave_at_first_progress(self, order: Order) -> None:
        """Cancel as the era has it; what came of it is learned by asking again under the same key."""
        client = self._clients[order.company][0 if order.is_modern else 1]
        numbers: list[int] = []

        def hear(number: int, message: dict[str, Any]) -> None:
            if message["method"] == "notifications/progress":
                numbers.append(number)
                raise Left

        try:
            told = told_by(await client.call(*self._asked(order, {"progressToken": order.name}), hear))
            self._ledger.acknowledge(order.name, told.job_id)
        except Left:
            self._ledger.trouble["cancelled by its client"] += 1
        except (Lost, Unexpected) as lost:
            self._note_lost(order, lost)
        for number in numbers:
            try:
                await client.cancel(number)
            except (Lost, Unexpected) as lost:
                self._note_lost(order, lost)


def _note(heard: list[float], message: dict[str, Any]) -> None:
    if message["method"] == "notifications/progress":
        heard.append(message["params"]["progress"])
