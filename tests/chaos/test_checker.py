"""The checker finds each broken promise, and nothing where all are kept."""

from dataclasses import replace

import pytest

from tests.chaos.checker import findings
from tests.chaos.evidence import (
    Acknowledgement,
    Answer,
    CallRow,
    Effect,
    Evidence,
    JobRow,
    Sighting,
    ToolPromise,
)

TOOLS = {
    "ship": ToolPromise(may_repeat=False, effects=frozenset({"shipped"})),
    "reserve": ToolPromise(may_repeat=True, effects=frozenset({"reserved"})),
}
SHIPPED = JobRow(id="1", order="a", tool="ship", state="completed", ending="returned", ended_at=20.0)
RESERVED = JobRow(id="2", order="b", tool="reserve", state="completed", ending="returned", ended_at=20.0, attempt=2)
LOST = JobRow(id="3", order="c", tool="ship", state="failed", ending="outcome_unknown", ended_at=20.0)
STOPPED = JobRow(id="4", order="d", tool="ship", state="cancelled", ending="killed", ended_at=20.0)


def kept() -> Evidence:
    """A run in which a worker died twice, and every promise was kept."""
    return Evidence(
        tools=TOOLS,
        acknowledgements=[Acknowledgement(job.order, job.id, 1.0) for job in (SHIPPED, SHIPPED, RESERVED, LOST)],
        answers=[Answer("1", "completed", "receipt 1", 21.0), Answer("1", "completed", "receipt 1", 22.0)],
        progress_heard=[("a", [1.0, 2.0]), ("a", [1.0])],
        effects=[
            Effect("1", "shipped", 1, 5.0),
            Effect("2", "reserved", 1, 5.0),
            Effect("2", "reserved", 2, 8.0),
            Effect("3", "shipped", 1, 21.0),
            Effect("4", "shipped", 1, 20.1),
        ],
        jobs=[SHIPPED, RESERVED, LOST, STOPPED],
        calls=[
            CallRow("1", "outcome", "ok", ""),
            CallRow("2", "outcome", "ok", ""),
            CallRow("3", "outcome", "crashed", "outcome_unknown"),
            CallRow("4", "outcome", "cancelled", ""),
        ],
        sightings=[
            Sighting("1", "queued", None),
            Sighting("1", "running", 1.0),
            Sighting("1", "completed", 1.0),
            Sighting("2", "running", 3.0),
            Sighting("2", "queued", 3.0),
            Sighting("2", "completed", 4.0),
        ],
    )


def promises_broken(evidence: Evidence) -> set[str]:
    return {finding.promise for finding in findings(evidence)}


def test_nothing_is_found_where_all_promises_are_kept() -> None:
    assert findings(kept()) == []


@pytest.mark.parametrize(
    ("promise", "side", "planted"),
    [
        ("acknowledged_job_lost", "acknowledgements", Acknowledgement("z", "9", 1.0)),
        ("one_order_two_jobs", "acknowledgements", Acknowledgement("a", "2", 1.0)),
        ("one_order_two_jobs", "jobs", replace(SHIPPED, id="9")),
        ("job_without_end", "jobs", replace(SHIPPED, id="9", order="z", state="running", ending="")),
        ("effect_of_no_job", "effects", Effect("9", "shipped", 1, 5.0)),
        ("effect_repeated", "effects", Effect("1", "shipped", 1, 6.0)),
        ("effect_missing", "jobs", replace(SHIPPED, id="9", order="z")),
        ("effect_after_the_end", "effects", Effect("4", "shipped", 1, 20.6)),
        ("end_not_final", "sightings", Sighting("1", "running", 1.0)),
        ("end_not_final", "sightings", Sighting("1", "gone", None)),
        ("progress_fell", "sightings", Sighting("2", "completed", 2.0)),
        ("progress_fell", "progress_heard", ("a", [1.0, 1.0])),
        ("answer_unexpected", "unexpected", ("a", "status 500")),
        ("answer_contradicts", "answers", Answer("3", "completed", "receipt 3", 30.0)),
        ("two_results", "answers", Answer("1", "completed", "receipt 2", 30.0)),
        ("audit_rows", "calls", CallRow("1", "outcome", "ok", "")),
        ("audit_rows", "jobs", replace(LOST, id="9", order="z")),
    ],
)
def test_a_broken_promise_is_found(promise: str, side: str, planted: object) -> None:
    evidence = kept()
    getattr(evidence, side).append(planted)
    assert promise in promises_broken(evidence)


@pytest.mark.parametrize(
    "row", [CallRow("1", "intent", "pending", ""), CallRow("1", "outcome", "cancelled", "")], ids=["open", "wrong"]
)
def test_an_audit_that_does_not_say_how_a_job_ended_is_found(row: CallRow) -> None:
    evidence = kept()
    evidence.calls[0] = row
    assert promises_broken(evidence) == {"audit_incomplete"}
