"""A job that asks its client: what it may ask of which client, and the answers on their way to it."""

from collections.abc import Mapping
from typing import Any

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.inquiry import CAPABILITIES_META
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.contract.job_inputs import AnswerRefused, kept_capabilities
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.declared import declared_capabilities
from mcp_runtime.refusals import refuse


def asked_capabilities(call: Call) -> dict[str, Any]:
    """What the client of a call said that it can be asked: kept with the job that the call becomes."""
    session = call.session
    if not call.legacy:
        return kept_capabilities(call.meta.get(CAPABILITIES_META))
    return {} if session is None else kept_capabilities(declared_capabilities(session.version, session.capabilities))


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
