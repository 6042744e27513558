"""Whom to ask when, and which answer counts. What asking means is the caller's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from msgspec import UNSET, Struct

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.ending import end_all
from mcp_runtime.fan_out.agreement import normalised


class Reply(Struct, frozen=True, kw_only=True):
    """What became of one backend. `outcome`: answered | failed | skipped | given_up (another answered before) |
    not_asked. `reason` says why there is no answer."""

    backend: str
    outcome: str
    answer: Any = UNSET
    reason: str = ""
    seconds: float = 0.0
    model: str | None = None
    result: ToolResult | None = None

    @property
    def is_answer(self) -> bool:
        """Whether it can count."""
        return self.outcome == "answered"


class Choice(Struct, frozen=True):
    """The answer that counts, None where there is none; how many gave it; and what became of each, in their order."""

    winner: Reply | None
    agreed: int
    replies: tuple[Reply, ...]


class Asking(Struct, frozen=True):
    """One backend, and how to ask it; asking raises nothing but what ends the call."""

    backend: str
    ask: Callable[[], Awaitable[Reply]]


async def first_available(askings: Sequence[Asking], quorum: int) -> Choice:
    """One after the other, until one answers."""
    replies: list[Reply] = []
    for asking in askings:
        reply = await asking.ask()
        replies.append(reply)
        if reply.is_answer:
            rest = (Reply(backend=other.backend, outcome="not_asked") for other in askings[len(replies) :])
            return Choice(reply, 1, (*replies, *rest))
    return Choice(None, 0, tuple(replies))


async def fastest(askings: Sequence[Asking], quorum: int) -> Choice:
    """All at once; the first answer ends it."""
    return await _until(askings, 1)


async def consensus(askings: Sequence[Asking], quorum: int) -> Choice:
    """All at once; ends as soon as so many say the same. Of answers that do, the first one counts."""
    return await _until(askings, quorum)


Strategy = Callable[[Sequence[Asking], int], Awaitable[Choice]]
BY_NAME: Final[dict[str, Strategy]] = {
    "first_available": first_available,
    "fastest": fastest,
    "consensus": consensus,
}


async def _until(askings: Sequence[Asking], enough: int) -> Choice:
    came: dict[str, Reply] = {}
    said: dict[bytes, list[Reply]] = {}
    tasks = [asyncio.ensure_future(asking.ask()) for asking in askings]
    pending: set[asyncio.Future[Reply]] = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for reply in (task.result() for task in tasks if task in done):
                came[reply.backend] = reply
                alike = said.setdefault(normalised(reply.answer), []) if reply.is_answer else []
                alike += [reply] if reply.is_answer else []
                if len(alike) >= enough:
                    return Choice(alike[0], len(alike), _in_order(askings, came))
    finally:
        await end_all(tasks)
    most = max((len(alike) for alike in said.values()), default=0)
    return Choice(None, most, _in_order(askings, came))


def _in_order(askings: Sequence[Asking], came: dict[str, Reply]) -> tuple[Reply, ...]:
    return tuple(came.get(asking.backend) or Reply(backend=asking.backend, outcome="given_up") for asking in askings)
