"""Runs tools of kind `fan_out`: asks their backends as their strategy has it, and says what became of each."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.loaded import Run
from mcp_runtime.calls.results import ERROR_META, TextContent, ToolResult, error_type, failed
from mcp_runtime.contract import http_tools
from mcp_runtime.contract.fan_out import BODY_SCHEMA, ModelBackend, PublishedFanOut, ToolBackend, model_request
from mcp_runtime.contract.http_tools import PublishedHttpTool
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.fan_out.models import NoAnswer, answer, question
from mcp_runtime.fan_out.strategies import BY_NAME, Asking, Choice, Reply
from mcp_runtime.toolkits.asked_parameters import AskedParameter
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.siblings import NotCallable

LONGEST_REASON: Final = 300
Bind = Callable[[ToolSpec], Run]


@dataclass(frozen=True, slots=True)
class FanOutRun:
    """The calls of one tool, to be kept. `models` are the backends that are asked at their APIs, by name."""

    config: PublishedFanOut
    models: dict[str, Run]
    wants_context: bool = True
    asked: tuple[AskedParameter, ...] = ()

    async def __call__(self, arguments: dict[str, Any], context: Context) -> ToolResult:
        """One call. That no backend answers is the tool's own error."""
        done = 0

        def asking(backend: ModelBackend | ToolBackend) -> Asking:
            async def ask() -> Reply:
                nonlocal done
                reply = await self._ask(backend, arguments, context)
                done += 1
                context.progress(done, len(self.config.backends), f"{backend.name}: {reply.outcome}")
                return reply

            return Asking(backend.name, ask)

        askings = [asking(backend) for backend in self.config.backends]
        choice = await BY_NAME[self.config.strategy](askings, self.config.quorum)
        return self._result(choice)

    async def _ask(self, backend: ModelBackend | ToolBackend, arguments: dict[str, Any], context: Context) -> Reply:
        began = perf_counter()
        try:
            async with asyncio.timeout(backend.timeout_seconds):
                reply = await self._reply(backend, arguments, context)
        except TimeoutError:
            reply = Reply(backend=backend.name, outcome="failed", reason="timeout")
        except NotCallable as error:
            reply = Reply(backend=backend.name, outcome="skipped", reason=error.reason)
        return msgspec.structs.replace(reply, seconds=round(perf_counter() - began, 3))

    async def _reply(self, backend: ModelBackend | ToolBackend, arguments: dict[str, Any], context: Context) -> Reply:
        name = backend.name
        if isinstance(backend, ToolBackend):
            if context.siblings is None:
                raise NotCallable("background")
            result = await context.siblings.call(backend.tool, arguments, backend.timeout_seconds)
            return _failure(name, result) or Reply(
                backend=name, outcome="answered", answer=_said(result), result=result
            )
        result = await self.models[name]({"body": question(backend, arguments)}, None)
        failure = _failure(name, result)
        if failure is not None:
            return failure
        try:
            answered = answer(backend, result.structured)
        except NoAnswer as error:
            return Reply(backend=name, outcome="failed", reason=f"upstream_unreadable: {error}")
        return Reply(backend=name, outcome="answered", answer=answered.text, model=answered.model)

    def _result(self, choice: Choice) -> ToolResult:
        replies, winner = [_shown(reply) for reply in choice.replies], choice.winner
        if winner is None:
            return self._no_answer(choice, replies)
        structured = {
            "answer": winner.answer,
            "backend": winner.backend,
            "model": winner.model,
            "strategy": self.config.strategy,
            "agreed": choice.agreed,
            "answers": replies,
        }
        if winner.result is None:
            return ToolResult([TextContent(str(winner.answer))], structured=structured)
        return ToolResult(winner.result.content, structured=structured)

    def _no_answer(self, choice: Choice, replies: list[dict[str, Any]]) -> ToolResult:
        each = "; ".join(f"{reply['backend']}: {reply.get('reason') or reply['outcome']}" for reply in replies)
        if any(reply.is_answer for reply in choice.replies):
            text = f"The backends do not agree: at most {choice.agreed} say the same, and {self.config.quorum} have to."
            return failed(
                "no_consensus", f"{text} {each}.", agreed=choice.agreed, quorum=self.config.quorum, answers=replies
            )
        return failed("no_backend_answered", f"None of the backends answered. {each}.", answers=replies)


class FanOutExecutor:
    """Of one replica. `http` makes HTTP tools runnable; `guarded` puts breakers and bulkheads around what goes out."""

    def __init__(self, http: Bind, guarded: Callable[[ToolSpec, Run], Run]) -> None:
        self._http, self._guarded = http, guarded

    def bind(self, spec: ToolSpec) -> FanOutRun:
        """What runs the tool. Raises msgspec.ValidationError for a config that is none of this kind."""
        config = msgspec.convert(spec.config, PublishedFanOut)
        models = [backend for backend in config.backends if isinstance(backend, ModelBackend)]
        return FanOutRun(config, {backend.name: self._model(spec, config, backend) for backend in models})

    def _model(self, spec: ToolSpec, config: PublishedFanOut, backend: ModelBackend) -> Run:
        published = PublishedHttpTool(
            tenant_id=config.tenant_id, request=model_request(backend), allowance=config.allowance
        )
        asking = ToolSpec(
            id=spec.id,
            name=f"{spec.name}: {backend.name}",
            input_schema=BODY_SCHEMA,
            kind=http_tools.KIND,
            config=msgspec.to_builtins(published),
            timeout_seconds=backend.timeout_seconds,
        )
        return self._guarded(asking, self._http(asking))


def _said(result: ToolResult) -> Any:
    if result.structured is not UNSET:
        return msgspec.to_builtins(result.structured)
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _failure(backend: str, result: ToolResult) -> Reply | None:
    if not result.is_error:
        return None
    data = (result.meta or {}).get(ERROR_META, {})
    kind = error_type(result) or "tool_error"
    detail = str(data.get("status") or data.get("reason") or "")
    reason = f"{kind} ({detail})" if detail else kind
    return Reply(backend=backend, outcome="failed", reason=reason[:LONGEST_REASON])


def _shown(reply: Reply) -> dict[str, Any]:
    shown: dict[str, Any] = {"backend": reply.backend, "outcome": reply.outcome, "seconds": reply.seconds}
    if reply.reason:
        shown["reason"] = reply.reason
    if reply.is_answer:
        shown |= {"answer": reply.answer, "model": reply.model}
    return shown
