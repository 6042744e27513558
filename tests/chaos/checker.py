"""Compares what a run leaves behind, set against set. It knows the promises, and nothing of how they are kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.chaos.evidence import TERMINAL, Evidence, JobRow

UNKNOWN: Final = "outcome_unknown"
OUTCOMES: Final = {"completed": {"ok", "tool_error", "timeout", "crashed"}, "cancelled": {"cancelled"}}
"""What the audit says of a call, by the state of its job; of a failed one it says anything but these two."""

IN_FLIGHT_SECONDS: Final = 0.5
"""A request that was sent before the end may arrive a moment after it: nobody can call it back."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which, of which job, and what was seen."""

    promise: str
    job_id: str
    seen: str


def findings(evidence: Evidence) -> list[Finding]:
    """Every broken promise; empty is what a run should be."""
    return [finding for check in CHECKS for finding in check(evidence)]


def acknowledged_jobs_exist(evidence: Evidence) -> Iterator[Finding]:
    """Whatever a client was told of is there."""
    known = {job.id for job in evidence.jobs}
    for told in evidence.acknowledgements:
        if told.job_id not in known:
            yield Finding("acknowledged_job_lost", told.job_id, f"order {told.order}")


def one_order_is_one_job(evidence: Evidence) -> Iterator[Finding]:
    """Sent again under the same key, an order stays the job that it was."""
    jobs: dict[str, set[str]] = defaultdict(set)
    for order, job_id in [(told.order, told.job_id) for told in evidence.acknowledgements] + [
        (job.order, job.id) for job in evidence.jobs
    ]:
        jobs[order].add(job_id)
    for order, ids in jobs.items():
        if len(ids) > 1:
            yield Finding("one_order_two_jobs", min(ids), f"order {order}: {sorted(ids)}")


def every_job_ends(evidence: Evidence) -> Iterator[Finding]:
    """When the time for it is over, nothing is queued or running."""
    for job in evidence.jobs:
        if job.state not in TERMINAL:
            yield Finding("job_without_end", job.id, f"{job.state}, attempt {job.attempt}")


def effects_do_not_repeat(evidence: Evidence) -> Iterator[Finding]:
    """What must not happen twice happens once at most; the effect's key leads to its job."""
    jobs = {job.id: job for job in evidence.jobs}
    for (key, name), times in Counter((effect.key, effect.name) for effect in evidence.effects).items():
        job = jobs.get(key)
        if job is None:
            yield Finding("effect_of_no_job", key, f"{name}, {times} times")
        elif times > 1 and not evidence.tools[job.tool].may_repeat:
            yield Finding("effect_repeated", key, f"{job.tool}: {name}, {times} times")


def completed_jobs_had_their_effects(evidence: Evidence) -> Iterator[Finding]:
    """A job that says that its tool returned did all of it."""
    happened: dict[str, set[str]] = defaultdict(set)
    for effect in evidence.effects:
        happened[effect.key].add(effect.name)
    for job in evidence.jobs:
        missing = evidence.tools[job.tool].effects - happened[job.id]
        if job.ending == "returned" and missing:
            yield Finding("effect_missing", job.id, f"{job.tool}: {', '.join(sorted(missing))}")


def nothing_happens_after_the_end(evidence: Evidence) -> Iterator[Finding]:
    """No effect of what may not repeat comes after the end of its job, unless that end says that nobody knows."""
    jobs = {job.id: job for job in evidence.jobs}
    for effect in evidence.effects:
        job = jobs.get(effect.key)
        if job is None or job.ended_at is None or evidence.tools[job.tool].may_repeat or job.ending == UNKNOWN:
            continue
        late = effect.at - job.ended_at
        if late > IN_FLIGHT_SECONDS:
            yield Finding("effect_after_the_end", job.id, f"{job.tool}: {effect.name}, {late:.3f} s after {job.ending}")


def ends_are_final(evidence: Evidence) -> Iterator[Finding]:
    """Nobody ever sees a job leave a final state."""
    last = {job.id: job.state for job in evidence.jobs}
    seen: dict[str, list[str]] = defaultdict(list)
    for sighting in evidence.sightings:
        seen[sighting.job_id].append(sighting.state)
    for job_id, states in seen.items():
        for before, after in pairwise([*states, last.get(job_id, "gone")]):
            if before in TERMINAL and before != after:
                yield Finding("end_not_final", job_id, f"{before}, then {after}")


def progress_never_falls(evidence: Evidence) -> Iterator[Finding]:
    """Neither in the row, attempts included, nor, where it must rise, in what one client hears."""
    rows: dict[str, list[float]] = defaultdict(list)
    for sighting in evidence.sightings:
        if sighting.progress is not None:
            rows[sighting.job_id].append(sighting.progress)
    for job_id, values in rows.items():
        if any(after < before for before, after in pairwise(values)):
            yield Finding("progress_fell", job_id, f"row: {values}")
    for order, values in evidence.progress_heard:
        if any(after <= before for before, after in pairwise(values)):
            yield Finding("progress_fell", order, f"stream: {values}")


def nobody_is_told_nonsense(evidence: Evidence) -> Iterator[Finding]:
    """Whatever happens, an answer is a job's, or says that the installation is in trouble."""
    for order, answer in evidence.unexpected:
        yield Finding("answer_unexpected", order, answer)


def answers_agree(evidence: Evidence) -> Iterator[Finding]:
    """However often and wherever a client asks, a job ended in one way, and it is the row's."""
    jobs = {job.id: job for job in evidence.jobs}
    first: dict[str, str] = {}
    for answer in evidence.answers:
        job = jobs.get(answer.job_id)
        if job is not None and job.state in TERMINAL and job.state != answer.state:
            yield Finding("answer_contradicts", job.id, f"told {answer.state}, is {job.state}")
        if first.setdefault(answer.job_id, answer.text) != answer.text:
            yield Finding("two_results", answer.job_id, f"{first[answer.job_id]!r}, then {answer.text!r}")


def the_audit_is_complete(evidence: Evidence) -> Iterator[Finding]:
    """Every job has one row in the audit, and once it has ended, that row says how."""
    calls = defaultdict(list)
    for call in evidence.calls:
        calls[call.job_id].append(call)
    for job in evidence.jobs:
        rows = calls[job.id]
        if len(rows) != 1:
            yield Finding("audit_rows", job.id, f"{len(rows)} rows")
        elif job.state in TERMINAL and not _says_how(job, rows[0].phase, rows[0].outcome):
            yield Finding("audit_incomplete", job.id, f"{job.state} {job.ending}: {rows[0].phase} {rows[0].outcome}")


def _says_how(job: JobRow, phase: str, outcome: str) -> bool:
    if phase != "outcome" or outcome == "pending":
        return False
    return outcome in OUTCOMES[job.state] if job.state in OUTCOMES else outcome not in ("ok", "tool_error")


CHECKS: Final[tuple[Callable[[Evidence], Iterator[Finding]], ...]] = (
    acknowledged_jobs_exist,
    one_order_is_one_job,
    every_job_ends,
    effects_do_not_repeat,
    completed_jobs_had_their_effects,
    nothing_happens_after_the_end,
    ends_are_final,
    progress_never_falls,
    nobody_is_told_nonsense,
    answers_agree,
    the_audit_is_complete,
)
