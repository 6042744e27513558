"""Runs tools of kind `upstream`: the call goes on to the server that has the tool, and its answer comes back."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.secret_references import ReferenceMalformed, SecretMissing
from mcp_runtime.contract.secret_values import SecretUnreadable
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.upstreams import AccountMissing, PublishedUpstreamItem, UpstreamUnreachable
from mcp_runtime.protocol.header_values import MirroredParameter, mirrored_parameters, mirroring_headers
from mcp_runtime.toolkits.asked_parameters import AskedParameter
from mcp_runtime.toolkits.asking import MissingCapability
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolError
from mcp_runtime.upstreams.answered import INPUT_REQUIRED, TASK, Outcome, outcome, scrubbed, tool_result
from mcp_runtime.upstreams.asked_on import Asking
from mcp_runtime.upstreams.call_turn import CallTurn
from mcp_runtime.upstreams.errors import RpcError, failed_result
from mcp_runtime.upstreams.listed import TOOLS
from mcp_runtime.upstreams.task_following import TaskFollowing, UpstreamTask, read_task
from mcp_runtime.upstreams.upstreams import Answered, DefinitionRefused, Upstreams

MOST_ROUNDS: Final = 16
ROUND_SECONDS: Final = 0.5
MISSING_CAPABILITY: Final = -32021
_UNREADABLE: Final = "A secret that this upstream server is shown can't be opened. Whoever runs this server has to set "


@dataclass(frozen=True, slots=True)
class UpstreamRun:
    """The calls of one tool, to be kept: `await run(arguments, context)`."""

    upstreams: Upstreams
    item: PublishedUpstreamItem
    mirrored: tuple[MirroredParameter, ...]
    wants_context: bool = True
    asked: tuple[AskedParameter, ...] = ()

    async def __call__(self, arguments: dict[str, Any], context: Context) -> ToolResult:
        """One call. Refusals and failures of any kind are the tool's own errors."""
        try:
            return await UpstreamCall(self, arguments, context).result()
        except DefinitionRefused as refused:
            return refused.result
        except (UpstreamUnreachable, AccountMissing, RpcError) as error:
            return failed_result(error)
        except ToolError as error:
            return failed(error.type, error.message, **error.data)
        except (SecretMissing, ReferenceMalformed, SecretUnreadable) as error:
            return secret_failure(error)
        except RecordUnavailable:
            return failed("account_unreadable", "The account for this upstream can't be read just now. Retry shortly.")
        finally:
            context.close()


class UpstreamCall:
    """One call, over as many tries as the upstream has questions."""

    def __init__(self, run: UpstreamRun, arguments: dict[str, Any], context: Context) -> None:
        self._run, self._arguments, self._context = run, arguments, context
        self._turn = CallTurn(context, takes_tasks=True)
        self._asking = Asking(context)

    async def result(self) -> ToolResult:
        """Raises what `UpstreamRun` makes results of."""
        answered, found = await self._first()
        for number in range(MOST_ROUNDS):
            if found.result_type == TASK or isinstance(found.task, msgspec.Raw):
                found = await self._followed(answered, _task_of(answered, found))
            if found.result_type != INPUT_REQUIRED:
                return self._finished(answered, found)
            self._asking.required(found.input_requests, found.request_state)
            if not found.input_requests:
                await asyncio.sleep(ROUND_SECONDS * (number + 1))  # it only wants to be asked again, later
            answered, found = await self._tried(await self._asking.answers())
        raise UpstreamUnreachable("protocol", "The upstream server asks without end.")

    async def _first(self) -> tuple[Answered, Outcome]:
        """The first answer: of a new call, or of one that goes on with the answers to its questions."""
        if not self._asking.goes_on:
            return await self._tried({})
        if not self._asking.task_id:
            return await self._tried(await self._asking.answers())
        params = {"taskId": self._asking.task_id}
        answered = await self._send("tasks/get", params)
        found = await self._followed(answered, read_task(answered.result))
        return answered, found

    async def _tried(self, more: dict[str, Any]) -> tuple[Answered, Outcome]:
        params = {"name": self._run.item.key, "arguments": self._arguments, **more}
        answered = await self._send("tools/call", params)
        return answered, outcome(answered.result)

    async def _send(self, method: str, params: dict[str, Any]) -> Answered:
        run, context = self._run, self._context
        headers = mirroring_headers(run.mirrored, self._arguments) if method == "tools/call" else {}
        try:
            return await run.upstreams.request(
                run.item, TOOLS, context.user, method, params, self._turn, headers=headers
            )
        except RpcError as error:
            if error.code == MISSING_CAPABILITY and isinstance(error.data, dict):
                raise MissingCapability(dict(error.data.get("requiredCapabilities") or {})) from error
            raise

    async def _followed(self, answered: Answered, task: UpstreamTask) -> Outcome:
        following = TaskFollowing(self._run.upstreams, answered, self._context, self._turn)
        return await following.outcome(task, self._asking)

    def _finished(self, answered: Answered, found: Outcome) -> ToolResult:
        result = tool_result(found)
        if result.is_error and self._turn.missing is not None:
            raise self._turn.missing
        return scrubbed(result, answered.confidence)


class UpstreamExecutor:
    """Of one process."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    def bind(self, spec: ToolSpec) -> UpstreamRun:
        """What runs the tool. Raises msgspec.ValidationError for a config that is none of this kind."""
        item = msgspec.convert(spec.config, PublishedUpstreamItem)
        return UpstreamRun(self._upstreams, item, mirrored_parameters(spec.input_schema))


def secret_failure(error: Exception) -> ToolResult:
    """Why a header could not be filled in."""
    if isinstance(error, SecretMissing):
        return failed("secret_missing", f"{error} Whoever runs this server has to add it.", secret=error.name)
    return failed("secret_unreadable", f"{_UNREADABLE}it anew.")


def _task_of(answered: Answered, found: Outcome) -> UpstreamTask:
    return read_task(found.task if isinstance(found.task, msgspec.Raw) else answered.result)
