"""The record of a job, as the database has it."""

import sqlite3
from contextlib import closing
from typing import NamedTuple
from uuid import UUID

from tests.fixtures.live import Live
from tests.fixtures.waiting import until

ENDED = ("completed", "failed", "cancelled")


class Record(NamedTuple):
    """A row: where the job is, how it ended, how often it was begun, and how its call's row in the audit ended."""

    id: str
    state: str
    ending: str
    attempt: int
    outcome: str


def records(live: Live, key: str) -> list[Record]:
    """The jobs that were asked for under this idempotency key."""
    query = (
        "SELECT job.id, job.state, job.ending, job.attempt, call.outcome FROM tenants_job AS job LEFT JOIN tenants_call"
        " AS call ON call.event_id = json_extract(job.call, '$.id') WHERE job.idempotency_key = ?"
    )
    with closing(sqlite3.connect(f"file:{live.data_dir}/atrium.sqlite3?mode=ro", uri=True)) as database:
        return [Record(str(UUID(found)), *others) for found, *others in database.execute(query, (key,))]


def ended(live: Live, key: str, seconds: float = 15.0) -> Record:
    """The one job of this key, once it has ended. Raises TimeoutError."""
    until(lambda: [record.state in ENDED for record in records(live, key)] == [True], seconds)
    (record,) = records(live, key)
    return record
