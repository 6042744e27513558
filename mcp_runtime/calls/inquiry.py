"""A request that may ask its client: tools/call, prompts/get, resources/read. In 2026-07-28 it ends with its questions.

MCP 2026-07-28 basic/patterns/mrtr. The state that the client carries belongs to this principal, server, method, target
and arguments. Where a tool may have effects, a state's answers are taken once.
"""

import hashlib
from collections.abc import Awaitable, Callable
from time import time
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Raw

from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.encoding import encode, server_info
from mcp_runtime.calls.results import ERROR_META, TextContent, ToolResult, error_type
from mcp_runtime.calls.time_limit import Clock
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.keys import request_state_key
from mcp_runtime.input.rounds import AnswerUnusable, Round
from mcp_runtime.input.state import OpenedState, StateRefused, StateTooLong
from mcp_runtime.refusals import refuse
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.toolkits.asking import MISSING_CAPABILITY, Asker

T = TypeVar("T")

CAPABILITIES_META: Final = "io.modelcontextprotocol/clientCapabilities"


async def run_asking(
    call: Call,
    run: Callable[[Asker], Awaitable[T]],
    *,
    takes_once: bool = True,
    emit: Emit | None = None,
    clock: Clock | None = None,
) -> T:
    """Run a function that may ask its client: what it asks with is handed to `run`. `takes_once` says that answers may
    not be used for a second run. Raises InputRequired where it can't go on without answers, and Refused.

    In a session the function waits where it asks, on the stream that `emit` is for, and meanwhile `clock` stands still.
    """
    if call.legacy:
        session_asker = call.runtime.session_asker(call, emit, clock)
        try:
            return await run(session_asker)
        finally:
            session_asker.close()
    try:
        async with _begin_round(call, takes_once=takes_once) as asker:
            return await run(asker)
    except AnswerUnusable as error:
        message = f"params.inputResponses[{error.key!r}] is no answer: {error}. Answer again with the same state."
        raise refuse("invalid_params", message, key=error.key) from error


def _begin_round(call: Call, *, takes_once: bool) -> Round:
    """The round that this request is, with what the one before has left. Raises Refused."""
    state = opened_state(call)
    responses = call.params.input_responses

    async def take() -> None:
        if takes_once and state is not None:
            await _take_once(call, state)

    return Round(
        call.meta.get(CAPABILITIES_META, {}),
        {} if state is None else state.data,
        # Answers that come before their questions are taken where nothing can happen that should happen once.
        {} if responses is UNSET or (takes_once and state is None) else responses,
        take,
    )


def brings_answers(call: Call) -> bool:
    """Whether the request goes on with one that asked."""
    return call.params.request_state is not UNSET or call.params.input_responses is not UNSET


def opened_state(call: Call) -> OpenedState | None:
    """What `requestState` says; None where the request has none. Raises Refused (request_state_refused)."""
    text = call.params.request_state
    if text is UNSET:
        return None
    try:
        return call.runtime.request_states.open(_binding(call), text)
    except StateRefused as error:
        raise refuse(
            "request_state_refused",
            "params.requestState is none that this server gave you for this very request, or it has expired. Call "
            "again without it and without params.inputResponses.",
        ) from error


def encode_input_required(call: Call, requests: dict[str, InputRequest], known: dict[str, Any]) -> bytes:
    """The answer that asks: InputRequiredResult. `known` is sealed into its state. Raises Refused."""
    try:
        state = call.runtime.request_states.seal(_binding(call), known)
    except StateTooLong as error:
        raise refuse("result_too_large", "The answers so far are too long to be carried on. Answer shorter.") from error
    asked = {
        "resultType": "input_required",
        "inputRequests": requests,
        "requestState": state,
        "_meta": Raw(server_info(call)),
    }
    return encode(asked)


def check_capabilities(call: Call, result: ToolResult) -> None:
    """Raises Refused (missing_capability) where a tool could not ask what it had to. Older revisions have the model
    read that (`ToolResult.is_error`)."""
    if result.is_error and not call.legacy and error_type(result) == MISSING_CAPABILITY:
        texts = [block.text for block in result.content if isinstance(block, TextContent)]
        data = {} if result.meta is None else result.meta[ERROR_META]
        raise refuse("missing_capability", "".join(texts), requiredCapabilities=data.get("requiredCapabilities", {}))


def _binding(call: Call) -> bytes:
    params = call.params
    target = params.uri if params.name is UNSET else params.name
    arguments = {} if params.arguments is UNSET else params.arguments
    about = (
        call.caller.tenant_id,
        call.caller.loaded.snapshot.id,
        call.caller.principal,
        call.method,
        "" if target is UNSET else target,
        arguments,
    )
    return hashlib.sha256(msgspec.json.encode(about, order="sorted")).digest()


async def _take_once(call: Call, state: OpenedState) -> None:
    lifetime = max(1, round(state.expires_at - time()) + 1)
    try:
        is_first = await call.runtime.redis.set(request_state_key(state.nonce), b"", nx=True, ex=lifetime)
    except STORE_DOWN as error:
        raise refuse("unavailable", "Your answers can't be taken just now. Retry shortly.", retry_after=2) from error
    if not is_first:
        raise refuse(
            "request_state_used",
            "These answers were taken already, and this tool takes them once. Look what became of that call; to call "
            "again, begin without params.requestState.",
        )
