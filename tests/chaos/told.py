"""What an answer says about a job, read as a client reads it."""

from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.clients import Lost, Unexpected

JOB_META: Final = "io.atrium/job"
ERROR_META: Final = "io.atrium/error"
WITHOUT_ANSWER: Final = {"cancelled": "cancelled", "outcome_unknown": "failed", "job_failed": "failed"}
"""Ends of a job without an answer of its tool, and the state that each says."""

TROUBLE: Final = {"unavailable", "audit_unavailable", "call_lost", "rate_limited", "too_many_calls", "too_many_jobs"}
"""What an installation says that can't do what is asked just now. One may ask again."""

NOT_FOUND: Final = "not_found"


@dataclass(frozen=True, slots=True)
class Told:
    """Which job, whether it has ended, in which state (of the tasks extension), and what was said. An answer that there
    is no such job has no id, and the state `not_found`."""

    job_id: str
    has_ended: bool
    state: str
    text: str


def told_by(answer: dict[str, Any]) -> Told:
    """Read one JSON-RPC answer. Raises Lost where it says that the installation is in trouble."""
    if "error" in answer:
        return _of_error(answer["error"])
    result = answer["result"]
    meta = result.get("_meta", {})
    job_id, text = meta.get(JOB_META, ""), "\n".join(block.get("text", "") for block in result["content"])
    kind = meta.get(ERROR_META, {}).get("type", "")
    if kind in TROUBLE:
        raise Lost(kind)
    if kind == "job_not_found":
        return Told("", True, NOT_FOUND, text)
    if not job_id:
        raise Unexpected(str(answer))
    named = (result.get("structuredContent") or {}).get("job", {})
    if named.get("status") == "working":
        return Told(job_id, False, "working", text)
    return Told(job_id, True, WITHOUT_ANSWER.get(kind, "completed"), text)


def _of_error(error: dict[str, Any]) -> Told:
    data = error.get("data", {})
    kind = data.get("type", "")
    if kind in TROUBLE:
        raise Lost(kind)
    if kind not in WITHOUT_ANSWER or "job" not in data:
        raise Unexpected(str(error))
    return Told(data["job"], True, WITHOUT_ANSWER[kind], error["message"])
