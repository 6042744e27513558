"""Asking in 2026-07-28: the call ends with its questions, and begins anew once the client brings the answers.

MCP 2026-07-28 basic/patterns/mrtr. Whatever was answered travels in the sealed state, so that any replica can go on.
Questions that are asked at once (`asyncio.gather`) end the call together.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Final

import msgspec

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.input.answers import UnusableAnswer, check_answer
from mcp_runtime.refusals import Refused

_ASKED: Final = "asked"
_ANSWERED: Final = "answered"
_KEPT: Final = "kept"


class InputRequired(Exception):  # noqa: N818 - reads as the state it reports
    """The call can't go on before its client has answered. `known` is what the next round has to be told."""

    def __init__(self, requests: dict[str, InputRequest], known: dict[str, Any]) -> None:
        super().__init__(", ".join(requests))
        self.requests, self.known = requests, known


class AnswerUnusable(Exception):  # noqa: N818 - reads as the state it reports
    """What the client sent under a key is no answer to what it was asked under it; the message says why."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key = key


def digest_of(request: InputRequest) -> str:
    """What tells one question from another, whatever key it is asked under."""
    return hashlib.sha256(msgspec.json.encode(request, order="sorted")).hexdigest()[:32]


class Round:
    """One run of a function that may ask. Use it around the run, and hand it to the context as its asker.

    `known` is what the round before has left, `responses` what the client sent along: answers to what it was asked
    then, or without a round before, to whatever it is asked. `on_first_answer` is awaited before the first of these is
    given to the function, and may raise Refused: then the call ends with that.
    """

    def __init__(
        self,
        capabilities: Mapping[str, Any],
        known: Mapping[str, Any],
        responses: Mapping[str, Any],
        on_first_answer: Callable[[], Awaitable[None]],
    ) -> None:
        self.capabilities = capabilities
        self._asked: dict[str, str] | None = known.get(_ASKED)
        self._answered: dict[str, Any] = dict(known.get(_ANSWERED, {}))
        self.kept: dict[str, Any] = dict(known.get(_KEPT, {}))
        self._responses, self._on_first_answer = responses, on_first_answer
        self._taking: asyncio.Task[None] | None = None
        self._open: dict[str, InputRequest] = {}
        self._waiting: list[asyncio.Future[dict[str, Any]]] = []
        self._failure: Exception | None = None
        self._task: asyncio.Task[Any] | None = None
        self._cancelling = 0
        self._is_ending = False

    @property
    def is_ending(self) -> bool:
        """Whether the call ends just now, to be begun anew once it is answered."""
        return self._is_ending

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        """The answer that is known; else the call ends here (`CancelledError`, and `InputRequired` around it)."""
        digest = digest_of(request)
        answered = self._answered.get(key)
        if answered is not None and answered[0] == digest:
            answer: dict[str, Any] = answered[1]
            return answer
        if key in self._responses and (self._asked is None or self._asked.get(key) == digest):
            return await self._take(key, request, digest)
        self._open[key] = request
        return await self._never()

    async def _take(self, key: str, request: InputRequest, digest: str) -> dict[str, Any]:
        try:
            answer = check_answer(request, self._responses[key])
        except UnusableAnswer as error:
            self._failure = self._failure or AnswerUnusable(key, str(error))
            return await self._never()
        self._answered[key] = [digest, answer]
        if self._taking is None:
            self._taking = asyncio.ensure_future(self._take_responses())
        await asyncio.shield(self._taking)
        return answer if self._failure is None else await self._never()

    async def _take_responses(self) -> None:
        try:
            await self._on_first_answer()
        except Refused as refused:
            self._failure = refused

    async def _never(self) -> dict[str, Any]:
        """Wait for what does not come: once everything that is ready to run has run, the call ends."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting.append(future)
        if len(self._waiting) == 1:
            loop.call_soon(self._end)
        return await future

    def _end(self) -> None:
        if self._task is None or self._task.done():
            return
        if self._taking is not None and not self._taking.done():
            self._taking.add_done_callback(lambda _: self._end())
            return
        self._is_ending = True
        for future in self._waiting:
            future.cancel()  # for a thread that waits for it
        self._task.cancel()

    async def __aenter__(self) -> "Round":
        self._task = asyncio.current_task()
        self._cancelling = 0 if self._task is None else self._task.cancelling()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if not self._is_ending or task is None:
            return
        if task.uncancel() <= self._cancelling and (kind is None or kind is asyncio.CancelledError):
            if kind is None:
                return  # it did not wait for the answer, and has ended without it
            if self._failure is not None:
                raise self._failure from error
            raise InputRequired(dict(self._open), self._known()) from error

    def _known(self) -> dict[str, Any]:
        asked = {key: digest_of(request) for key, request in self._open.items()}
        known = {_ASKED: asked, _ANSWERED: self._answered}
        return {**known, _KEPT: self.kept} if self.kept else known
