"""What an upstream asks is asked of whoever called, in their revision's way, and the answer goes back to it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from mcp_runtime.contract.input import ELICITATION, ROOTS, SAMPLING, InputRequest
from mcp_runtime.toolkits.asking import InputFailed
from mcp_runtime.toolkits.context import Context
from mcp_runtime.upstreams.errors import RpcError

INVALID: Final = -32602
NOT_FOUND: Final = -32601
FAILED: Final = -32603
KEY_SHOWN: Final = 100
MOST_AT_ONCE: Final = 16
_METHODS: Final = frozenset({ELICITATION, SAMPLING, ROOTS})
_NOT_THE_QUESTION: Final = frozenset({"_meta", "task", "elicitationId"})


def question(method: str, params: Mapping[str, Any]) -> InputRequest:
    """What an upstream asks, without what belongs to the way it came. Raises RpcError."""
    if method not in _METHODS:
        raise RpcError(NOT_FOUND, "A client is not asked this.")
    kept = {name: value for name, value in params.items() if name not in _NOT_THE_QUESTION}
    if method == ELICITATION:
        kept.setdefault("mode", "form")
        if not isinstance(kept.get("message"), str):
            raise RpcError(INVALID, "A question has a message.")
    if method == SAMPLING and not isinstance(kept.get("messages"), list):
        raise RpcError(INVALID, "A request for sampling has messages.")
    return InputRequest(method, kept)


async def ask_on(context: Context, request: InputRequest, key: str | None = None) -> dict[str, Any]:
    """The answer of whoever called. Raises MissingCapability, InputFailed."""
    try:
        return await context.relay(request, key=key)
    except (TypeError, ValueError) as error:
        raise InputFailed(f"The upstream server asks what a client may not be asked: {error}.") from error


class Asking:
    """The questions that an upstream of 2026-07-28 ends its answers with, over the tries of one call.

    What it wants to have back is kept with the call's own state, so that another replica can go on.
    """

    KEPT: Final = "upstream"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._used: list[str] = []
        self._names: dict[str, str] = {}
        self._requests: dict[str, Any] = {}
        self._state: str | None = None
        self.task_id = ""
        kept = context.kept.get(self.KEPT)
        self.goes_on = isinstance(kept, dict)
        if isinstance(kept, dict):
            self._used, self._names = list(kept["used"]), dict(kept["names"])
            self._requests, self._state, self.task_id = dict(kept["requests"]), kept["state"], kept["task"]

    def required(self, requests: Mapping[str, Any], state: str | None, task_id: str = "") -> None:
        """The upstream asks this, and wants `state` back with the answers."""
        self._requests, self._state, self.task_id = dict(requests), state, task_id
        self._names = {key: self._name(key) for key in requests}
        self._used += self._names.values()
        self._context.kept[self.KEPT] = {
            "used": self._used,
            "names": self._names,
            "requests": self._requests,
            "state": state,
            "task": task_id,
        }

    async def answers(self) -> dict[str, Any]:
        """What goes along with the next try. Raises MissingCapability, InputFailed, RpcError; and CancelledError where
        the call ends here, to be begun anew."""
        asked = {key: question(*_parts(request)) for key, request in self._requests.items()}
        if len(asked) > MOST_AT_ONCE:
            raise RpcError(INVALID, "The upstream server asks too much at once.")
        found = await asyncio.gather(
            *(ask_on(self._context, request, self._names[key]) for key, request in asked.items())
        )
        given: dict[str, Any] = {} if self._state is None else {"requestState": self._state}
        return {**given, "inputResponses": dict(zip(asked, found, strict=True))} if asked else given

    def _name(self, key: str) -> str:
        """What the question is called on the way to the client: as the upstream has it, unless that was used before."""
        shown = key[:KEY_SHOWN] or "question"
        name, number = shown, 2
        while name in self._used:
            name, number = f"{shown}-{number}", number + 1
        return name


def _parts(request: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise RpcError(INVALID, "The upstream server asks what is no request.")
    params = request.get("params")
    return request["method"], params if isinstance(params, dict) else {}
