"""A job that asks its client: what it may ask of which client, and the answers on their way to it."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec import UNSET

from mcp_runtime.boundary import contained
from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.inquiry import CAPABILITIES_META, opened_state
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.calls.time_limit import Clock
from mcp_runtime.contract.input import InputRequest, missing_capability
from mcp_runtime.contract.job_inputs import AnswerRefused, kept_capabilities
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.declared import declared_capabilities
from mcp_runtime.refusals import refuse
from mcp_runtime.toolkits.asking import InputFailed

logger = logging.getLogger(__name__)

JOB: Final = "job"
"""In the state of a call that ended with what its job asks: the id of the job."""

ANSWER_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries to hand an answer over while the record can't be reached."""


def asked_capabilities(call: Call) -> dict[str, Any]:
    """What the client of a call said that it can be asked: kept with the job that the call becomes."""
    session = call.session
    if not call.legacy:
        return kept_capabilities(call.meta.get(CAPABILITIES_META))
    return {} if session is None else kept_capabilities(declared_capabilities(session.version, session.capabilities))


def is_asked_here(call: Call, view: JobView) -> bool:
    """Whether this call can end with what the job asks: in 2026-07-28, where the client offers to answer all of it."""
    if call.legacy or not view.inputs:
        return False
    capabilities = asked_capabilities(call)
    return all(missing_capability(capabilities, request) is None for request in view.inputs.values())


def job_of_state(call: Call) -> str | None:
    """The job that the client brings answers for, where it does. Raises Refused."""
    state = None if call.legacy else opened_state(call)
    return None if state is None else state.data.get(JOB)


async def answer_by_state(call: Call, job_id: str) -> JobView:
    """Hand over the answers that the client brings; the job as it then is. Raises Refused."""
    responses = call.params.input_responses
    view = await answer_job(call, job_id, {} if responses is UNSET else responses)
    if view is None:
        raise refuse("job_failed", "The job was removed, with what it belonged to.")
    return view


async def answer_job(call: Call, job_id: str, answers: Mapping[str, Any]) -> JobView | None:
    """Answer what a job of the caller's asks; the job as it then is, or None. Raises Refused, also where one of these
    is no answer to its question, and then none is taken."""
    try:
        return await call.runtime.jobs.answer(owner_of(call), job_id, answers)
    except AnswerRefused as error:
        message = f"params.inputResponses[{error.key!r}] is no answer: {error.why}. Answer again; nothing was taken."
        raise refuse("invalid_params", message, key=error.key) from error
    except RecordUnavailable as error:
        text = "Your answers can't be taken just now. Send them again shortly."
        raise refuse("unavailable", text, retry_after=2) from error


class LastingAsker(Protocol):
    """Asks the client of a session what somebody else waits for: `mcp_runtime.sessions.session_asker`."""

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]: ...
    async def settle(self, key: str) -> None: ...
    def close(self) -> None: ...
    def leave(self) -> None: ...


class JobQuestions:
    """Puts what a job asks to the client of a session, on the stream of a call that waits for the job, whose `clock`
    stands still meanwhile. Hand `heed` to a `JobWait`; call `end` when that is over."""

    def __init__(self, call: Call, emit: Emit, job_id: str, clock: Clock) -> None:
        self._call, self._job_id = call, job_id
        self._asker: LastingAsker = call.runtime.session_asker(call, emit, clock, job_id)
        self._capabilities = asked_capabilities(call)
        self._asking: dict[str, asyncio.Task[Any]] = {}

    def heed(self, view: JobView) -> None:
        """Ask what is asked now; wait no longer for what has been answered elsewhere."""
        for key in [key for key in self._asking if key not in view.inputs]:
            if self._asking.pop(key).cancel():
                settling = contained(self._asker.settle(key), doing="taking a question back")
                self._call.runtime.detach(asyncio.ensure_future(settling))
        for key, request in view.inputs.items():
            if key not in self._asking and missing_capability(self._capabilities, request) is None:
                work = contained(self._ask(key, request), doing="asking for a job")
                self._asking[key] = asyncio.ensure_future(work)

    def end(self, *, is_over: bool) -> None:
        """Nobody waits here any more. Where the job or the call `is_over`, what is open is withdrawn; else another
        replica goes on with it."""
        if is_over:
            self._asker.close()
        else:
            self._asker.leave()
        for asking in self._asking.values():
            asking.cancel()

    async def _ask(self, key: str, request: InputRequest) -> None:
        answers: dict[str, Any] = {}
        problems: dict[str, str] = {}
        try:
            answers[key] = await self._asker.ask(key, request)
        except InputFailed as failed:
            problems[key] = failed.message
        handing = contained(self._hand_over(key, answers, problems), doing="answering a job")
        self._call.runtime.detach(asyncio.ensure_future(handing))  # also where the call ends meanwhile

    async def _hand_over(self, key: str, answers: Mapping[str, Any], problems: Mapping[str, str]) -> None:
        for pause in ANSWER_PAUSES:
            try:
                await self._call.runtime.jobs.answer(owner_of(self._call), self._job_id, answers, problems)
            except RecordUnavailable:
                await asyncio.sleep(pause)
            else:
                await self._asker.settle(key)
                return
        logger.warning("an answer could not be handed over", extra={"job": self._job_id})
