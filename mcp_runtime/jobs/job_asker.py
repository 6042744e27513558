"""What carries the questions of one job, in its runner. The answers come from the supervisor, and are checked."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_inputs import PROBLEM, REQUEST_BYTES, encode_request, input_key
from mcp_runtime.jobs.frames import Answered, Asked, Dropped
from mcp_runtime.toolkits.asking import InputFailed
from mcp_runtime.toolkits.context import Cancellation, Cancelled


class JobAsker:
    """Implements `mcp_runtime.toolkits.asking.Asker`. Everything but making it happens on the loop of the runner."""

    def __init__(
        self, capabilities: Mapping[str, Any], cancellation: Cancellation, tell: Callable[[Asked | Dropped], None]
    ) -> None:
        self._capabilities, self._cancellation, self._tell = capabilities, cancellation, tell
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client declared when it asked for the job."""
        return self._capabilities

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        """The client's answer. Raises InputFailed, and Cancelled where nobody waits for the job any more."""
        if self._cancellation.is_set():
            raise Cancelled(self._cancellation.reason)
        encoded = encode_request(request)
        if len(encoded) > REQUEST_BYTES:
            raise InputFailed(f"The tool asks for more at once than {REQUEST_BYTES} bytes can say.")
        name = input_key(key, encoded)
        answer = self._waiting[name] = asyncio.get_running_loop().create_future()
        self._tell(Asked(name, request))
        is_answered = False
        try:
            found: dict[str, Any] = await answer
            is_answered = True
            return found
        finally:
            del self._waiting[name]
            if not is_answered:
                self._tell(Dropped(name))

    def hear(self, answered: Answered) -> None:
        """What came of one of the questions."""
        waiting = self._waiting.get(answered.key)
        if waiting is None or waiting.done():
            return
        if answered.answer is None or PROBLEM in answered.answer:
            problem = answered.problem if answered.answer is None else answered.answer[PROBLEM]
            waiting.set_exception(InputFailed(problem))
        else:
            waiting.set_result(answered.answer)

    def give_up(self) -> None:
        """Nobody waits for the job any more: wake functions that wait for an answer in a thread."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Cancelled(self._cancellation.reason))
