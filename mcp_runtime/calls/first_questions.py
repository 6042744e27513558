"""What the parameters of a background tool ask for, asked before there is a job.

The tasks extension has these exchanges end before a task is made ("Multi Round-Trip Requests"). The job is made with
the answers, and its worker has them at once when it asks the same. In a session the worker asks itself.
"""

import asyncio
from collections.abc import Mapping
from threading import get_ident
from typing import Any

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.inquiry import check_capabilities, run_asking
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_inputs import encode_request, input_key
from mcp_runtime.contract.jobs import GivenAnswer
from mcp_runtime.toolkits.asked_parameters import AskedParameter, ask_for
from mcp_runtime.toolkits.asking import Asker
from mcp_runtime.toolkits.errors import ToolError
from mcp_runtime.toolkits.questions import Questions


class _Recording:
    """Passes questions on, and keeps what was answered."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self.given: dict[str, GivenAnswer] = {}

    @property
    def capabilities(self) -> Mapping[str, Any]:
        return self._asker.capabilities

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        answer = await self._asker.ask(key, request)
        self.given[input_key(key, encode_request(request))] = GivenAnswer(request, answer)
        return answer


def unanswered(call: Call, error: ToolError) -> ToolResult:
    """The result of a call that asked in vain. Raises Refused where its client can't be asked."""
    result = failed(error.type, error.message, **error.data)
    check_capabilities(call, result)
    return result


async def answers_first(call: Call, tool: LoadedTool, *, takes_once: bool) -> dict[str, GivenAnswer]:
    """The answers that the job is made with, by the keys of its questions. Raises InputRequired, ToolError, Refused."""
    asked = () if call.legacy else _asked(call, tool)
    if not asked:
        return {}

    async def ask(asker: Asker) -> dict[str, GivenAnswer]:
        recording = _Recording(asker)
        await ask_for(asked, Questions(recording, asyncio.get_running_loop(), get_ident()))
        return recording.given

    return await run_asking(call, ask, takes_once=takes_once)


def _asked(call: Call, tool: LoadedTool) -> tuple[AskedParameter, ...]:
    """What the tool's parameters ask for; nothing where only workers have the tool."""
    try:
        return call.runtime.run(tool).asked
    except LookupError:
        return ()
