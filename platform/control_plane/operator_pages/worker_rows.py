"""The workers that live, as the page of health shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from control_plane.health.workers import Worker, deaf_workers, workers_alive
from tenants.publishing.store import STORE_DOWN


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker, with when it was started and when it was last heard of."""

    name: str
    queues: str
    busy: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Workers:
    """All of them; `deaf` counts those that ended because they heard no bell."""

    rows: list[WorkerRow]
    deaf: int


def workers() -> Workers | None:
    """What they say of themselves; None where the store can't be asked."""
    try:
        return Workers([_row(worker) for worker in workers_alive()], deaf_workers())
    except STORE_DOWN:
        return None


def _row(worker: Worker) -> WorkerRow:
    return WorkerRow(
        name=worker.name,
        queues=", ".join(worker.queues),
        busy=f"{worker.busy} of {worker.processes}",
        started_at=datetime.fromtimestamp(worker.started_at, tz=UTC),
        seen_at=datetime.fromtimestamp(worker.seen_at, tz=UTC),
    )
