"""The jobs behind the runtime's background tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from mcp_runtime.contract.jobs import JobOwner, JobView, NewJob
from mcp_runtime.contract.ports import RecordUnavailable
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.sealing import SealBrokenError
from tenants.selectors.jobs import job_of_owner, job_view, jobs_ended, jobs_of_owner, stored_result
from tenants.services.job_asking import job_answer_own
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.job_creation import job_create


class DatabaseJobs:
    """Keeps jobs, and finds them for their owners."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def create(self, job: NewJob) -> JobView:
        """Commit the job with its doorbell and its intent, then ring. Raises JobsFull, RecordUnavailable."""
        return await self._threads.ask(lambda: job_create(job=job))

    async def read(self, owner: JobOwner, job_id: str) -> JobView | None:
        """The owner's job, or None. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: _read(owner, job_id))

    async def page(self, owner: JobOwner, *, after: str | None, limit: int) -> Sequence[JobView] | None:
        """The owner's jobs behind that one, newest first, or None where it is not theirs. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: _page(owner, after, limit))

    async def ended(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these jobs have ended, are gone, or ask for something. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: jobs_ended(job_ids=job_ids))

    async def stored_result(self, owner: JobOwner, job_id: str) -> bytes | None:
        """The encoded result that was too large to be answered, or None. Raises RecordUnavailable."""
        try:
            return await self._threads.ask(lambda: stored_result(owner=owner, job_id=job_id))
        except SealBrokenError as error:
            raise RecordUnavailable("no key of this installation opens the result") from error

    async def cancel(self, owner: JobOwner, job_id: str) -> JobView | None:
        """Ask for the job to stop; the job as it then is, or None. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: job_cancel_own(owner=owner, job_id=job_id))

    async def answer(
        self, owner: JobOwner, job_id: str, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
    ) -> JobView | None:
        """Answer what the job asks; the job as it then is, or None. Raises AnswerRefused, RecordUnavailable."""
        return await self._threads.ask(
            lambda: job_answer_own(owner=owner, job_id=job_id, answers=answers, problems=problems)
        )


def _read(owner: JobOwner, job_id: str) -> JobView | None:
    job = job_of_owner(owner=owner, job_id=job_id)
    return None if job is None else job_view(job)


def _page(owner: JobOwner, after: str | None, limit: int) -> Sequence[JobView] | None:
    jobs = jobs_of_owner(owner=owner, after=after, limit=limit)
    return None if jobs is None else [job_view(job) for job in jobs]
