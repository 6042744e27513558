"""Where a job is and how it ended, in words: a badge's kind, what is said, and what it means."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mcp_runtime.contract.jobs import TERMINAL, JobEnding, JobState
from tenants.models import Job

STATES: Final = (
    (JobState.QUEUED.value, "Waiting"),
    (JobState.RUNNING.value, "Running"),
    (JobState.COMPLETED.value, "Completed"),
    (JobState.FAILED.value, "Failed"),
    (JobState.CANCELLED.value, "Cancelled"),
)
"""For filters: what the record says, and what people read."""

LONGEST_MESSAGE: Final = 32
"""Of what a tool says of its progress, in a list."""
LARGEST_SPELLED_OUT: Final = 1e15


@dataclass(frozen=True, slots=True)
class JobWords:
    """`kind` is a badge's; `meaning` is empty where the words say it all. `is_live` while there is more to come."""

    kind: str
    words: str
    meaning: str = ""
    is_live: bool = False


_TOOL_ERROR: Final = JobWords("warn", "tool error", "The tool ran, and answered that it could not do this.")
_ENDINGS: Final = MappingProxyType(
    {
        JobEnding.RETURNED: JobWords("ok", "done", "The tool returned its result."),
        JobEnding.TIMEOUT: JobWords("bad", "timed out", "It took longer than its time limit, and was ended."),
        JobEnding.CRASHED: JobWords(
            "bad",
            "crashed",
            "The tool failed unexpectedly, or its process died. The operator finds the reason in the log.",
        ),
        JobEnding.NEVER_STARTED: JobWords(
            "mute", "cancelled", "It was cancelled while it waited: the tool has not run, and nothing has happened."
        ),
        JobEnding.STOPPED: JobWords(
            "mute",
            "cancelled · stopped",
            "The tool was asked to stop, and ended by itself. What it did before is done.",
        ),
        JobEnding.KILLED: JobWords(
            "mute",
            "cancelled · ended by force",
            "The tool did not stop within its time, so its process was ended. What it did may be half done.",
        ),
        JobEnding.WITHDRAWN: JobWords(
            "bad",
            "permission withdrawn",
            "What allowed it is gone: the key or connection, the membership, the tool's permission, or the server.",
        ),
        JobEnding.OUTCOME_UNKNOWN: JobWords(
            "bad",
            "outcome unknown",
            "Its worker was lost while the tool ran, and the tool may not run twice by itself.",
        ),
    }
)
_QUEUED: Final = JobWords("mute", "waiting", "It waits for a worker.", is_live=True)
_AGAIN: Final = JobWords(
    "warn", "waiting again", "Its worker was lost. The tool may run again without harm, so it will.", is_live=True
)
_ASKING: Final = JobWords(
    "warn",
    "waiting for an answer",
    "The tool has asked its client something, and goes on once that has answered. Its time limit does not run.",
    is_live=True,
)
_STOPPING: Final = JobWords(
    "warn", "stopping", "It is asked to stop. If it does not within ten seconds, its process is ended.", is_live=True
)


def job_words(job: Job, *, outcome: str = "", reads: bool = False) -> JobWords:
    """What to say of a job. `outcome` is that of its call, which tells whether a result is an error of the tool;
    `reads` says whether what the tool says of its progress may be shown."""
    if job.state == JobState.QUEUED:
        return _AGAIN if job.attempt else _QUEUED
    if job.state == JobState.RUNNING:
        if job.open_inputs and not job.cancel_requested_at:
            return _ASKING
        return _STOPPING if job.cancel_requested_at else JobWords("warn", _running(job, reads), is_live=True)
    if job.ending == JobEnding.RETURNED and outcome == "tool_error":
        return _TOOL_ERROR
    words = _ENDINGS.get(JobEnding(job.ending)) if job.ending in set(JobEnding) else None
    return words or JobWords("mute", str(job.state))


def has_ended(job: Job) -> bool:
    """True in a final state."""
    return job.state in TERMINAL


def percent(job: Job) -> int | None:
    """How far it is, where the tool can know; from 0 to 100."""
    if job.progress is None or not job.progress_total or job.progress_total <= 0:
        return None
    return max(0, min(100, int(100 * job.progress / job.progress_total)))


def progress_in_words(job: Job) -> str:
    """`120 of 400`, or `120` where the tool can't know of how many; empty before it has said anything."""
    if job.progress is None:
        return ""
    of_how_many = "" if job.progress_total is None else f" of {_number(job.progress_total)}"
    return f"{_number(job.progress)}{of_how_many}"


def _number(value: float) -> str:
    if abs(value) >= LARGEST_SPELLED_OUT:
        return f"{value:g}"
    return f"{int(value):,}" if value == int(value) else f"{value:,.1f}"


def _running(job: Job, reads: bool) -> str:
    done = percent(job)
    detail = f"{done} %" if done is not None else _shortened(job.message.strip()) if reads else ""
    return f"running · {detail}" if detail else "running"


def _shortened(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 1].rstrip()}…"
