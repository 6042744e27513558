"""One run: orders are placed while blows fall, then everybody waits for the ends, and all sides are compared."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

import httpx
import psycopg

from tests.chaos.checker import Finding, findings
from tests.chaos.clients import SILENCE_SECONDS, LegacyClient, ModernClient
from tests.chaos.cluster import Cluster
from tests.chaos.customers import Customers
from tests.chaos.evidence import Evidence
from tests.chaos.gathering import gathered
from tests.chaos.ledger import Ledger
from tests.chaos.lost_replies import replies_lost
from tests.chaos.nemesis import EACH, Blow, blows_made
from tests.chaos.orders import orders_made
from tests.chaos.striking import Striking

END_SECONDS: Final = 90.0
"""After the last blow and the last order: two leases, the reaper's interval, and one more run."""

POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is. `within` is how many seconds orders and blows are spread over; `replies` are lost afterwards."""

    seed: int
    jobs: int
    kills: int
    within: float
    replies: int = 0
    each: Mapping[str, int] = field(default_factory=lambda: EACH)
    leases_end: bool = False
    end_seconds: float = END_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    plan: Plan
    seconds: float
    evidence: Evidence
    findings: list[Finding]
    hits: Counter[str]
    trouble: Counter[str]
    unanswered: list[str]
    missing: list[str]
    """Orders of which there was not one job right after the reply was lost."""


async def shaken(plan: Plan, directory: Path, faults: Mapping[str, str] | None = None) -> Outcome:
    """Do one run in this directory, where the logs stay. Raises DidNotComeUp."""
    began = monotonic()
    ledger = Ledger(_made(directory) / "ledger.jsonl")
    async with Cluster(directory, faults or {}) as cluster:
        striking = Striking(cluster)
        blows = blows_made(plan.seed, kills=plan.kills, within=plan.within, each=plan.each, leases_end=plan.leases_end)
        missing = await _played(plan, cluster, ledger, striking, blows)
        await _ended(cluster, plan.end_seconds)
        evidence = gathered(cluster, ledger)
    ledger.close()
    return Outcome(
        plan=plan,
        seconds=monotonic() - began,
        evidence=evidence,
        findings=findings(evidence),
        hits=striking.hits,
        trouble=ledger.trouble,
        unanswered=ledger.unanswered,
        missing=missing,
    )


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


async def _played(plan: Plan, cluster: Cluster, ledger: Ledger, striking: Striking, blows: Sequence[Blow]) -> list[str]:
    orders = orders_made(plan.seed, jobs=plan.jobs, within=plan.within, companies=len(cluster.companies))
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=10)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False) as http:
        clients = [
            (ModernClient(http, each["url"], each["key"]), LegacyClient(http, each["url"], each["key"]))
            for each in cluster.companies
        ]
        customers = Customers(clients, cluster.upstream, ledger)
        began = monotonic()
        placed = [asyncio.create_task(customers.place(order, began)) for order in orders]
        await striking.strike(blows, began)
        # While the last leases run out and the last orders are followed.
        missing = await replies_lost(cluster, ledger, http, plan.replies) if plan.replies else []
        await asyncio.gather(*placed)
        return missing


async def _ended(cluster: Cluster, seconds: float) -> None:
    """Wait until every job has ended, or it is too late for that."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        try:
            if await asyncio.to_thread(cluster.onlooker.unended) == 0:
                return
        except psycopg.OperationalError:
            continue
        await asyncio.sleep(POLL_SECONDS)
