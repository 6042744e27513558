"""Secrets in a replica's memory: one read for many, forgotten with the first word of a change."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.replica import secret_cache
from mcp_runtime.replica.secret_cache import SecretCache
from tests.mcp_runtime.record import Publisher
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.test_changes_reach_every_replica import BOUND_SECONDS

pytestmark = pytest.mark.anyio


class Vault:
    """Of two tenants; `let_go` ends each read."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], SecretValue] = {
            ("acme", "crm"): SecretValue("crm", 1, "acme's value"),
            ("globex", "crm"): SecretValue("crm", 7, "globex's value"),
        }
        self.reads = 0
        self.began, self.let_go = asyncio.Event(), asyncio.Event()
        self.let_go.set()

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        self.reads += 1
        found = self.values.get((tenant_id, name))
        self.began.set()
        await self.let_go.wait()
        if name == "away":
            raise RecordUnavailable
        return found


async def shown(cache: SecretCache, tenant: str = "acme", **asked: Any) -> str | None:
    found = await cache.read(tenant, "crm", **asked)
    return None if found is None else found.reveal()


async def test_many_callers_share_one_read_and_tenants_share_none() -> None:
    vault = Vault()
    cache = SecretCache(vault)
    assert set(await asyncio.gather(*(shown(cache) for _ in range(20)))) == {"acme's value"}
    assert await shown(cache, "globex") == "globex's value"
    assert await shown(cache, "globex", version=7) == "globex's value"
    assert await shown(cache, "globex", version=6) is None
    assert await cache.read("initech", "crm") is None
    assert (vault.reads, len(cache)) == (3, 2)


async def test_a_value_that_changed_while_it_was_read_is_not_kept() -> None:
    vault = Vault()
    cache = SecretCache(vault)
    vault.let_go.clear()
    reading = asyncio.create_task(shown(cache))
    await vault.began.wait()
    vault.values["acme", "crm"] = SecretValue("crm", 2, "another value")
    cache.forget("acme/crm")
    vault.let_go.set()
    await reading
    assert await shown(cache) == "another value"
    del vault.values["acme", "crm"]
    cache.clear()
    assert await shown(cache) is None


async def test_values_are_kept_for_a_short_while_and_shorter_where_nothing_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault, now = Vault(), [1000.0]
    monkeypatch.setattr(secret_cache, "monotonic", lambda: now[0])
    cache = SecretCache(vault, most=1)
    for later, heard, reads in ((0, True, 1), (3, True, 1), (0, False, 2), (1, False, 2), (31, True, 3)):
        now[0] += later
        await shown(cache, changes_heard=heard)
        assert vault.reads == reads
    await shown(cache, "globex")
    assert len(cache) == 1


async def test_a_value_that_nobody_asks_for_again_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_cache, "LIFE_SECONDS", 0.01)
    cache = SecretCache(Vault())
    await shown(cache)
    async with asyncio.timeout(BOUND_SECONDS):
        while len(cache):
            await asyncio.sleep(0)


async def test_a_vault_that_is_away_says_so_and_is_asked_again() -> None:
    cache = SecretCache(Vault())
    for _ in range(2):
        with pytest.raises(RecordUnavailable):
            await cache.read("acme", "away")


@pytest.mark.parametrize("silently", [False, True])
async def test_a_replica_hears_of_a_change_as_of_others(served: Replica, publisher: Publisher, silently: bool) -> None:
    vault = Vault()
    served.runtime.secrets = SecretCache(vault)

    async def value() -> str | None:
        found = await served.runtime.secret("acme", "crm")
        return None if found is None else found.reveal()

    assert await value() == "acme's value"
    vault.values["acme", "crm"] = SecretValue("crm", 2, "another value")
    assert await value() == "acme's value"
    await publisher.secret("acme", "crm", 2, silently=silently)
    async with asyncio.timeout(BOUND_SECONDS):
        while await value() != "another value":
            await asyncio.sleep(0.05)
