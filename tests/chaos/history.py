"""What the database itself saw of the jobs: a trigger keeps every change of a row, so nothing happens between looks.

It is the test's own, in a schema of its own, in a database made for one run.
"""

from typing import Any, Final

import psycopg

from tests.chaos.durable_postgresql import DurablePostgresql
from tests.chaos.evidence import CallRow, JobRow, Sighting

WATCH: Final = """
CREATE SCHEMA chaos;
CREATE TABLE chaos.history (number bigserial PRIMARY KEY, job_id uuid, state text, progress float8);
CREATE FUNCTION chaos.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO chaos.history (job_id, state) VALUES (OLD.id, 'gone');
    ELSE
        INSERT INTO chaos.history (job_id, state, progress) VALUES (NEW.id, NEW.state, NEW.progress);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE OR DELETE ON tenants_job FOR EACH ROW EXECUTE FUNCTION chaos.keep();
"""
JOBS: Final = """
SELECT id::text, idempotency_key, tool, state, ending, attempt,
       extract(epoch FROM created_at)::float8, extract(epoch FROM ended_at)::float8
FROM tenants_job ORDER BY created_at
"""
CALLS: Final = """
SELECT event_id, phase, outcome, reason FROM tenants_call
WHERE event_id IN (SELECT id::text FROM tenants_job)
"""
UNENDED: Final = "SELECT count(*) FROM tenants_job WHERE state IN ('queued', 'running')"


class Onlooker:
    """Sees every tenant's rows, as the database's superuser, and changes none."""

    def __init__(self, server: DurablePostgresql) -> None:
        self._conninfo = server.conninfo

    def watch(self) -> None:
        """From now on, keep every change of a job."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(WATCH)

    def held_by(self, worker: str) -> set[str]:
        """The jobs that a worker whose name begins so was the last to claim."""
        return {row[0] for row in self._rows("SELECT id::text, worker FROM tenants_job") if row[1].startswith(worker)}

    def busy(self) -> set[int]:
        """The processes that hold a job, by their numbers, which are the end of their names as workers. Raises
        psycopg.OperationalError where the database is away."""
        return {
            int(row[0].rpartition("/")[2])
            for row in self._rows("SELECT worker FROM tenants_job WHERE state = 'running'")
        }

    def ordered(self, order: str) -> int:
        """How many jobs there are of an order."""
        return len(self._rows("SELECT 1 FROM tenants_job WHERE idempotency_key = %s", order))

    def unended(self) -> int:
        """How many jobs have not ended."""
        return int(self._rows(UNENDED)[0][0])

    def jobs(self) -> list[JobRow]:
        """The jobs as they are now."""
        names = ("id", "order", "tool", "state", "ending", "attempt", "created_at", "ended_at")
        return [JobRow(**dict(zip(names, row, strict=True))) for row in self._rows(JOBS)]

    def calls(self) -> list[CallRow]:
        """The audit's rows of these jobs."""
        return [CallRow(*row) for row in self._rows(CALLS)]

    def sightings(self) -> list[Sighting]:
        """Every change so far. Changes of one job are in the order of their commits: a row is locked by its writer."""
        found = self._rows("SELECT job_id::text, state, progress FROM chaos.history ORDER BY number")
        return [Sighting(*row) for row in found]

    def _rows(self, query: str, *values: str) -> list[Any]:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()
