"""Replicas are killed between the commit of a job and the reply: the job is there, and whoever asks again gets it."""

import asyncio
from collections.abc import Iterable

import httpx

from tests.chaos.clients import Lost, ModernClient
from tests.chaos.cluster import MORTALS, Cluster
from tests.chaos.customers import WITHOUT_WAITING, Customers
from tests.chaos.ledger import Ledger
from tests.chaos.orders import Order


async def replies_lost(cluster: Cluster, ledger: Ledger, http: httpx.AsyncClient, times: int) -> list[str]:
    """Lose so many replies; the orders of which there was not exactly one job right after the death."""
    lanes = [
        _lost(cluster, ledger, http, mortal, range(lane, times, len(MORTALS))) for lane, mortal in enumerate(MORTALS)
    ]
    return [order for missing in await asyncio.gather(*lanes) for order in missing]


async def _lost(
    cluster: Cluster, ledger: Ledger, http: httpx.AsyncClient, mortal: str, numbers: Iterable[int]
) -> list[str]:
    missing = []
    await cluster.start_mortal(mortal)
    for number in numbers:
        company = cluster.companies[number % len(cluster.companies)]
        order = Order(f"lost reply {number}", 0, "ship", 0.0, "forgotten", True, 0.0)
        dying = ModernClient(http, cluster.at(mortal, company["url"]), company["key"])
        sound = ModernClient(http, company["url"], company["key"])
        was_lost = await _reply_was_lost(dying, order, cluster.upstream)
        if not was_lost or await asyncio.to_thread(cluster.onlooker.ordered, order.name) != 1:
            missing.append(order.name)
        await Customers([(sound, sound)], cluster.upstream, ledger).place(order, 0.0)
    return missing


async def _reply_was_lost(mortal: ModernClient, order: Order, upstream: int) -> bool:
    meta = {"io.atrium/idempotencyKey": order.name, **WITHOUT_WAITING}
    try:
        await mortal.call(order.tool, {"upstream": upstream, "work": order.work}, meta, lambda *_: None)
    except Lost:
        return True
    return False
