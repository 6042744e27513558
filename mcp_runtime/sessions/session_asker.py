"""How a call in a session asks its client: a request on the call's own stream, and its reply by whatever POST it comes.

MCP 2025-11-25 client/elicitation, client/sampling, client/roots. The call goes on waiting where its stream is lost: the
question is in the stream's log, for a client that comes back.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

import msgspec

from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.time_limit import Clock
from mcp_runtime.contract.input import ELICITATION, InputRequest
from mcp_runtime.input.answers import UnusableAnswer, check_answer
from mcp_runtime.input.declared import declared_capabilities
from mcp_runtime.input.older_forms import older_form
from mcp_runtime.protocol.versions import WITH_ELICITATION_MODES
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.sessions.client_requests import Expected, NoReply, expected_reply
from mcp_runtime.toolkits.asking import InputFailed

SPARE_SECONDS: Final = 60
"""How much longer a reply is taken than one call waits for it: another replica may go on with the call."""

TEXT_LENGTH: Final = 300
ID_BYTES: Final = 18

NO_STREAM: Final = (
    "This has a question for you, and in your revision of the protocol it can only be asked on the event stream of a "
    "tool call: send tools/call by itself, with Accept: application/json, text/event-stream. Tools that answer at once "
    "can't ask, nor can prompts and resources."
)
NOT_NOW: Final = "You can't be asked just now: sessions can't be reached. Call again shortly."


class SessionAsker:
    """Asks the client of one call in a session; an `Asker`.

    `emit` sends on the call's stream; None where it has none. `clock` stands still while an answer is waited for.
    `scope` names what asks, where that outlives a replica, such as a job: then whichever replica goes on with the call
    asks the same question under the same id, and an answer is kept until `settle`.
    """

    def __init__(self, call: Call, emit: Emit | None, *, clock: Clock | None = None, scope: str = "") -> None:
        self._call, self._emit = call, emit if call.streams else None
        self._clock = Clock() if clock is None else clock
        self._is_lasting, self._scope = bool(scope), scope or token_urlsafe(ID_BYTES)
        self._open: dict[str, Expected] = {}
        self._unanswered: set[str] = set()
        self._waiting: set[asyncio.Task[Any]] = set()

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client declared when the session began."""
        session = self._call.session
        return {} if session is None else declared_capabilities(session.version, session.capabilities)

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        """Put the question to the client, and wait for its answer. Raises InputFailed."""
        call, emit = self._call, self._emit
        if emit is None or call.session is None or call.owner is None:
            raise InputFailed(NO_STREAM)
        request_id = self._request_id(key)
        params = _params(request, call.session.version, request_id)
        expected = self._open[request_id] = expected_reply(call.owner, call.session.id, request_id)
        with self._clock.stopped():
            await self._expect(expected)
            emit(request.method, params, request_id)
            self._unanswered.add(request_id)
            reply = await self._reply(request_id, expected)
            self._unanswered.discard(request_id)
            if not self._is_lasting:
                await self.settle(key)
        return _answer(request, reply)

    async def settle(self, key: str) -> None:
        """The answer to this question is not needed any more: it was taken, or has come another way."""
        expected = self._tell(self._request_id(key), "The question has been answered.")
        if expected is not None:
            await self._call.runtime.client_requests.forget(expected)

    def close(self) -> None:
        """The call has ended, or what it asks for has: whatever is still open is withdrawn, and nobody waits for it."""
        self.leave()
        for request_id in list(self._open):
            self._withdraw(request_id, "The call has ended.")

    def leave(self) -> None:
        """Wait no longer; another replica goes on with what was asked, under the same `scope`."""
        for task in self._waiting:
            task.cancel()

    async def _expect(self, expected: Expected) -> None:
        runtime, may_call = self._call.runtime, SCOPE_CALL in self._call.caller.record.scopes
        seconds = runtime.settings.input_seconds + SPARE_SECONDS
        try:
            await runtime.client_requests.expect(expected, is_scoped=may_call, seconds=seconds)
        except STORE_DOWN as error:
            raise InputFailed(NOT_NOW) from error

    async def _reply(self, request_id: str, expected: Expected) -> bytes:
        seconds, task = self._call.runtime.settings.input_seconds, asyncio.current_task()
        assert task is not None  # noqa: S101 - coroutines run in tasks
        self._waiting.add(task)
        try:
            async with asyncio.timeout(seconds):
                return await self._call.runtime.client_requests.wait(expected)
        except TimeoutError:
            self._withdraw(request_id, "The time to answer is over.")
            raise InputFailed(f"Nobody answered within {seconds:g} s. Call again to be asked again.") from None
        except NoReply as error:
            raise InputFailed(str(error)) from error
        except asyncio.CancelledError:
            if not self._is_lasting:
                self._withdraw(request_id, "Nobody waits for the answer any more.")
            raise
        finally:
            self._waiting.discard(task)

    def _withdraw(self, request_id: str, reason: str) -> None:
        """Take no reply any more."""
        expected, runtime = self._tell(request_id, reason), self._call.runtime
        if expected is not None:
            runtime.detach(asyncio.ensure_future(runtime.client_requests.forget(expected)))

    def _tell(self, request_id: str, reason: str) -> Expected | None:
        """Tell the client that it need not answer any more (2025-11-25 basic/utilities/cancellation), unless it has."""
        if request_id in self._unanswered and self._emit is not None:
            self._unanswered.discard(request_id)
            self._emit("notifications/cancelled", {"requestId": request_id, "reason": reason})
        return self._open.pop(request_id, None)

    def _request_id(self, key: str) -> str:
        """Not to be guessed, for the scope is as good as random; and no other request of the session asks under it."""
        digest = sha256(f"{self._scope}\0{self._call.request_id!r}\0{key}".encode()).digest()
        return urlsafe_b64encode(digest[:ID_BYTES]).decode()


def _params(request: InputRequest, version: str, request_id: str) -> dict[str, Any]:
    """The parameters, in the words of the session's revision. Raises InputFailed where it has none for them."""
    if request.method != ELICITATION:
        return request.params
    if request.params.get("mode") == "url":
        return {**request.params, "elicitationId": request_id}
    if version in WITH_ELICITATION_MODES:
        return request.params
    form = older_form(request.params["requestedSchema"])
    return {"message": request.params["message"], "requestedSchema": form}


def _answer(request: InputRequest, reply: bytes) -> dict[str, Any]:
    """What the client answered. Raises InputFailed."""
    decoded = msgspec.json.decode(reply)
    if "error" in decoded:
        error = decoded["error"]
        said = error.get("message") if isinstance(error, dict) else None
        raise InputFailed(f"Your client could not answer: {said if isinstance(said, str) else 'error'}"[:TEXT_LENGTH])
    try:
        return check_answer(request, decoded["result"])
    except UnusableAnswer as error:
        raise InputFailed(f"The answer of your client can't be used: {error}."[:TEXT_LENGTH]) from error
