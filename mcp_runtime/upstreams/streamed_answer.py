"""The event stream that answers one request: what comes on it belongs to this request, whoever else is being served."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from egress.answers import Answer
from egress.errors import EgressError
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.upstreams.channel import Message, decode_message
from mcp_runtime.upstreams.errors import RpcError, unreachable
from mcp_runtime.upstreams.event_stream import EventReader, EventTooLarge
from mcp_runtime.upstreams.turn import Turn

logger = logging.getLogger(__name__)

MOST_NOTIFICATIONS: Final = 10_000
MOST_QUESTIONS: Final = 32
PING: Final = "ping"
_OF_THE_CALL: Final = frozenset(("notifications/progress", "notifications/message", "notifications/resources/updated"))

Reply = Callable[[dict[str, Any]], Awaitable[None]]
"""Sends a response to the upstream."""


class StreamedAnswer:
    """Reads until the response. `reply` is there in revisions in which upstreams ask on this stream; None elsewhere.
    `changed` hears what concerns the whole upstream."""

    def __init__(
        self, request_id: int, turn: Turn, changed: Callable[[str, dict[str, Any]], None], reply: Reply | None
    ) -> None:
        self._request_id, self._turn, self._changed, self._reply = request_id, turn, changed, reply
        self._questions: dict[str | int, asyncio.Task[None]] = {}
        self._notifications = self._asked = 0
        self.reader = EventReader()

    async def read(self, answer: Answer) -> Message | None:
        """The response; None where the stream ended without one, and `reader` knows where it was. Raises
        UpstreamUnreachable."""
        self.reader = EventReader(last_id=self.reader.last_id)
        try:
            async for event in self.reader.events(answer.chunks()):
                message = decode_message(event.data)
                if message.method is UNSET:
                    if message.id == self._request_id:
                        return message
                else:
                    self._take(message, str(message.method))
        except EventTooLarge as error:
            raise UpstreamUnreachable("too_large", "The upstream sends an event that is too large.") from error
        except EgressError as error:
            if self.reader.last_id is None or error.reason != "cut_short":
                raise unreachable(error, answer.url) from error
        return None

    async def close(self) -> None:
        """Nobody waits for answers to its questions any more."""
        for question in self._questions.values():
            question.cancel()
        await asyncio.gather(*self._questions.values(), return_exceptions=True)

    def _take(self, message: Message, method: str) -> None:
        params = _params(message.params)
        if message.id is UNSET or message.id is None:
            self._hear(method, params)
        elif self._reply is not None:
            self._begin(self._reply, message.id, method, params)

    def _hear(self, method: str, params: dict[str, Any]) -> None:
        self._notifications += 1
        if self._notifications > MOST_NOTIFICATIONS:
            raise UpstreamUnreachable("too_large", "The upstream says more on the way than a call may.")
        if method == "notifications/cancelled":
            question = self._questions.get(params.get("requestId", ""))
            if question is not None:
                question.cancel()
        elif method in _OF_THE_CALL:
            self._turn.notified(method, params)
        else:
            self._changed(method, params)

    def _begin(self, reply: Reply, request_id: str | int, method: str, params: dict[str, Any]) -> None:
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            raise UpstreamUnreachable("protocol", "The upstream asks more than a call may.")
        self._questions[request_id] = asyncio.ensure_future(self._answer(reply, request_id, method, params))

    async def _answer(self, reply: Reply, request_id: str | int, method: str, params: dict[str, Any]) -> None:
        response: dict[str, Any] = {"jsonrpc": "2.0", "id": request_id}
        try:
            response["result"] = {} if method == PING else await self._turn.asked(method, params)
        except RpcError as error:
            response["error"] = {"code": error.code, "message": error.message}
        try:
            await reply(response)
        except UpstreamUnreachable:
            logger.info("an answer did not reach its upstream", extra={"method": method})


def _params(params: Any) -> dict[str, Any]:
    if not isinstance(params, Raw):
        return {}
    decoded = msgspec.json.decode(params)
    return decoded if isinstance(decoded, dict) else {}
