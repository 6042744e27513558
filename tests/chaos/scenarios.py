"""Small runs, each of which shows one fault: half of the installation has it, and the other half, hit as hard, shows
that it is the fault that is found."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import httpx

from tests.chaos.checker import findings
from tests.chaos.clients import ModernClient
from tests.chaos.cluster import REPLICAS, TOOL_WORKERS, Cluster
from tests.chaos.customers import Customers
from tests.chaos.evidence import TERMINAL, Evidence, JobRow
from tests.chaos.gathering import gathered
from tests.chaos.ledger import Ledger
from tests.chaos.orders import Order
from tests.chaos.victims import pool_children, runners

SOUND, FAULTY = "sound", "faulty"
FAULTS: Final = {
    "runtime-1": "early_answer",
    "tools-1": "short_lease",
    "tools-2": "short_lease,no_fencing",
    "housekeeping": "no_reaper",
}
LOST_SECONDS: Final = 12.0
"""After which a job whose worker was killed has been taken back, if there is anybody who does."""

PATIENCE_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.1


@dataclass
class Scenarios:
    """Plays them on one installation. `broken` is which promises were found broken, by scenario and half."""

    directory: Path
    broken: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    async def play(self) -> None:
        """All of them, one after the other."""
        self._ledger = Ledger(self.directory / "ledger.jsonl")
        async with Cluster(self.directory / "cluster", FAULTS) as cluster, httpx.AsyncClient(trust_env=False) as http:
            self._cluster, self._http = cluster, http
            await self._without_reaper()
            await self._without_fencing()
            await self._answered_early()
        self._ledger.close()

    async def _without_reaper(self) -> None:
        """Workers die in the midst of jobs; then somebody who looks for such jobs is there again."""
        await self._place("reaper", work=15.0, times=6)
        await self._until("reaper", _begun)
        for worker in self._workers():
            os.kill(worker, signal.SIGKILL)
        await asyncio.sleep(LOST_SECONDS)
        self._note("reaper", FAULTY, self._jobs("reaper"))
        await self._cluster.mend("housekeeping")
        await self._until("reaper", lambda jobs: all(job.state in TERMINAL for job in jobs))
        self._note("reaper", SOUND, self._jobs("reaper"))

    async def _without_fencing(self) -> None:
        """Workers stand still until their jobs have been taken from them; then they go on."""
        # One that came back alone would do the work of both.
        await self._cluster.back(TOOL_WORKERS, 2)
        await self._place("fencing", work=10.0, times=6)
        await self._until(
            "fencing", lambda jobs: _begun(jobs) and all(self._is_at(worker, jobs) for worker in TOOL_WORKERS)
        )
        still = [pid for worker in self._workers() for pid in (*pool_children(worker), *runners(worker))]
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        await self._until("fencing", lambda jobs: all(job.state != "running" for job in jobs))
        # On a slow machine one may have ended before its worker stood still.
        in_time = _completed(self._jobs("fencing"))
        for pid in still:
            with contextlib.suppress(ProcessLookupError):  # a runner that its worker has replaced just then
                os.kill(pid, signal.SIGCONT)
        await self._until("fencing", lambda jobs: not _completed(jobs) <= in_time)
        await asyncio.sleep(1.0)
        for half, worker in zip((SOUND, FAULTY), TOOL_WORKERS, strict=True):
            held = self._cluster.onlooker.held_by(f"{worker}@localhost/")
            self._note("fencing", half, [job for job in self._jobs("fencing") if job.id in held])

    async def _answered_early(self) -> None:
        """Replicas die as soon as they have answered."""
        for half, replica in ((FAULTY, REPLICAS[0]), (SOUND, REPLICAS[1])):
            await self._place(f"answer {half}", work=0.0, times=3, replica=replica)
            os.kill(self._cluster.pids([replica])[0] or 0, signal.SIGKILL)
        await self._until("answer", lambda jobs: all(job.state == "completed" for job in jobs))
        for half in (SOUND, FAULTY):
            self._note(f"answer {half}", half, self._jobs(f"answer {half}"))

    async def _place(self, name: str, *, work: float, times: int, replica: str = REPLICAS[1]) -> None:
        company = self._cluster.companies[0]
        client = ModernClient(self._http, self._cluster.at(replica, company["url"]), company["key"])
        customers = Customers([(client, client)], self._cluster.upstream, self._ledger)
        orders = [Order(f"{name} {number}", 0, "ship", work, "forgotten", True, 0.0) for number in range(times)]
        await asyncio.gather(*(customers.place(order, 0.0) for order in orders))

    def _workers(self) -> list[int]:
        return [pid for pid in self._cluster.pids(TOOL_WORKERS) if pid is not None]

    def _is_at(self, worker: str, jobs: Sequence[JobRow]) -> bool:
        """Whether a worker runs one of these jobs."""
        held = self._cluster.onlooker.held_by(f"{worker}@localhost/")
        return any(job.id in held and job.state == "running" for job in jobs)

    def _jobs(self, name: str) -> list[JobRow]:
        return [job for job in self._cluster.onlooker.jobs() if job.order.startswith(name)]

    async def _until(self, name: str, happened: Callable[[Sequence[JobRow]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (jobs := await asyncio.to_thread(self._jobs, name)) or not happened(jobs):
                await asyncio.sleep(POLL_SECONDS)

    def _note(self, name: str, half: str, jobs: Sequence[JobRow]) -> None:
        """Look for broken promises among these jobs and the orders of this name alone."""
        evidence = _about(gathered(self._cluster, self._ledger), name, {job.id for job in jobs})
        self.broken[name.split()[0], half] = {finding.promise for finding in findings(evidence)}


def _begun(jobs: Sequence[JobRow]) -> bool:
    return all(job.state != "queued" for job in jobs)


def _completed(jobs: Sequence[JobRow]) -> set[str]:
    return {job.id for job in jobs if job.state == "completed"}


def _about(evidence: Evidence, name: str, jobs: set[str]) -> Evidence:
    told = [told for told in evidence.acknowledgements if told.order.startswith(name)]
    return replace(
        evidence,
        acknowledgements=[each for each in told if each.job_id in jobs or not _is_there(evidence, each.job_id)],
        effects=[effect for effect in evidence.effects if effect.key in jobs],
        jobs=[job for job in evidence.jobs if job.id in jobs],
        calls=[call for call in evidence.calls if call.job_id in jobs],
        sightings=[sighting for sighting in evidence.sightings if sighting.job_id in jobs],
    )


def _is_there(evidence: Evidence, job_id: str) -> bool:
    return any(job.id == job_id for job in evidence.jobs)
