"""The control plane of these tests: a record in memory behind the runtime's ports, published like the real one."""

from collections.abc import Sequence
from typing import Any

import msgspec
import redis.asyncio as redis

from mcp_runtime.contract import compare_and_set, keys
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.credentials import CredentialRecord, encode_credential, token_digest
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.snapshot import ServerSnapshot, encode_snapshot
from tests.mcp_runtime.kept_jobs import KeptJobs


class Record:
    """What is true. `down` makes every question fail; `questions` counts what the runtime asked."""

    def __init__(self) -> None:
        self.snapshots: dict[tuple[str, str], ServerSnapshot] = {}
        self.credentials: dict[bytes, CredentialRecord] = {}
        self.committed: list[AuditEvent] = []
        self.jobs = KeptJobs()
        self.down = False
        self.questions = 0

    async def credential(self, digest: bytes) -> CredentialRecord | None:
        self._ask()
        return self.credentials.get(digest)

    async def snapshot(self, tenant: str, server: str) -> ServerSnapshot | None:
        self._ask()
        return self.snapshots.get((tenant, server))

    async def commit(self, events: Sequence[AuditEvent]) -> None:
        self._ask()
        self.committed.extend(events)

    def _ask(self) -> None:
        self.questions += 1
        if self.down:
            raise RecordUnavailable

    def keep_server(self, snapshot: ServerSnapshot) -> None:
        self.snapshots[snapshot.tenant.slug, snapshot.slug] = snapshot

    def keep_key(self, key: str, record: CredentialRecord) -> None:
        self.credentials[token_digest(key.encode())] = record

    def change_server(self, tenant: str, server: str, /, **changes: Any) -> ServerSnapshot:
        old = self.snapshots[tenant, server]
        new = msgspec.structs.replace(old, version=old.version + 1, **changes)
        self.keep_server(new)
        return new

    def revoke(self, key: str) -> CredentialRecord:
        return self.credentials.pop(token_digest(key.encode()))


class Publisher:
    """Publishes by the control plane's own script. `silently` leaves the bus out, as if it dropped the message."""

    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(url)

    async def server(self, snapshot: ServerSnapshot, *, silently: bool = False) -> None:
        name = f"{snapshot.tenant.slug}/{snapshot.slug}"
        await self._publish(keys.KIND_SERVER, name, snapshot.version, encode_snapshot(snapshot), silently)

    async def credential(self, key: str, record: CredentialRecord, *, silently: bool = False) -> None:
        digest = token_digest(key.encode()).hex()
        await self._publish(keys.KIND_CREDENTIAL, digest, record.version, encode_credential(record), silently)

    async def revocation(self, key: str, version: int, *, silently: bool = False) -> None:
        await self._publish(keys.KIND_CREDENTIAL, token_digest(key.encode()).hex(), version, b"", silently)

    async def secret(self, tenant_id: str, name: str, version: int, *, silently: bool = False) -> None:
        await self._publish(keys.KIND_SECRET, keys.secret_document(tenant_id, name), version, b"", silently)

    async def _publish(self, kind: str, name: str, version: int, body: bytes, silently: bool) -> None:
        arguments = compare_and_set.script_arguments(kind, name, version, body)
        if silently:
            arguments[4] = "nobody-listens"
        script = self.redis.register_script(compare_and_set.SCRIPT)
        await script(keys=compare_and_set.script_keys(kind, name), args=arguments)
