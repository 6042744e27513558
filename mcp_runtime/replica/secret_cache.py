"""Secrets that this replica has just used, so that a busy tool does not ask the database for each call.

Values are in memory only, few and for a short while. A change is heard like every other: what was kept is forgotten,
and what is being read is not kept.
"""

import asyncio
from collections import OrderedDict
from time import monotonic
from typing import Final

from mcp_runtime.contract.keys import secret_document
from mcp_runtime.contract.ports import SecretVault
from mcp_runtime.contract.secret_values import SecretValue

LIFE_SECONDS: Final = 30.0
"""How long a value is kept, however well changes are heard."""

UNHEARD_SECONDS: Final = 2.0
"""The same while changes can't be heard: whoever rotates a secret counts on five seconds."""

MOST: Final = 1_000


class EmptyVault:
    """Of a replica that is given none."""

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        """Nobody has any."""
        return None


class SecretCache:
    """Reads secrets through the vault, one read for many callers."""

    def __init__(self, vault: SecretVault, *, most: int = MOST) -> None:
        self._vault, self._most = vault, most
        self._kept: OrderedDict[str, tuple[SecretValue, float]] = OrderedDict()
        self._reads: dict[str, asyncio.Future[SecretValue | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    async def read(
        self, tenant_id: str, name: str, *, version: int | None = None, changes_heard: bool = True
    ) -> SecretValue | None:
        """The secret as it is now; None where there is none, or where it has not the version that is asked for.
        Raises SecretUnreadable, RecordUnavailable."""
        key = secret_document(tenant_id, name)
        value = self._known(key, LIFE_SECONDS if changes_heard else UNHEARD_SECONDS)
        if value is None:
            value = await self._read(key, tenant_id, name)
        return value if value is not None and version in (None, value.version) else None

    def forget(self, key: str) -> None:
        """A change was heard of the secret of this name (`keys.secret_document`)."""
        self._kept.pop(key, None)
        self._reads.pop(key, None)

    def clear(self) -> None:
        """Changes were missed."""
        self._kept.clear()
        self._reads.clear()

    def _known(self, key: str, life: float) -> SecretValue | None:
        value, read_at = self._kept.get(key, (None, 0.0))
        if value is None or monotonic() - read_at >= life:
            self._kept.pop(key, None)
            return None
        self._kept.move_to_end(key)
        return value

    async def _read(self, key: str, tenant_id: str, name: str) -> SecretValue | None:
        reading = self._reads.get(key)
        if reading is None:
            began = monotonic()
            reading = self._reads[key] = asyncio.ensure_future(self._vault.secret(tenant_id, name))
            reading.add_done_callback(lambda done: self._keep(key, done, began))
        # Shielded: one caller that gives up must not take the value away from the others.
        return await asyncio.shield(reading)

    def _keep(self, key: str, done: "asyncio.Future[SecretValue | None]", began: float) -> None:
        if self._reads.get(key) is not done:
            return
        del self._reads[key]
        if done.cancelled() or done.exception() is not None:
            return
        value = done.result()
        if value is not None:
            self._kept[key] = (value, began)
            asyncio.get_running_loop().call_later(LIFE_SECONDS, self._expire, key, value)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _expire(self, key: str, value: SecretValue) -> None:
        """Also where nobody asks for it again."""
        if self._kept.get(key, (None,))[0] is value:
            del self._kept[key]
