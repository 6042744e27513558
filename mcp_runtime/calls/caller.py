"""One credential on one server: everything about the pair that does not change between calls, worked out once."""

from typing import Any, Final

import msgspec

from mcp_runtime.admission.buckets import Bucket, Buckets
from mcp_runtime.admission.quota import DayCount
from mcp_runtime.admission.slots import Slot
from mcp_runtime.calls.loaded import Access, LoadedServer, LoadedTool
from mcp_runtime.contract.credentials import CredentialRecord

CLIENTS_AT_MOST: Final = 100
CLIENT_LENGTH: Final = 1_000


class Credential:
    """A credential record, with the callers that it has been on the servers it was used at."""

    __slots__ = ("callers", "digest", "record")

    def __init__(self, digest: str, record: CredentialRecord) -> None:
        self.digest, self.record = digest, record
        self.callers: dict[str, Caller] = {}


class TenantLoad:
    """Calls of one tenant that this process is answering now."""

    __slots__ = ("in_flight",)

    def __init__(self) -> None:
        self.in_flight = 0


class Caller:
    """Who calls, where, and within which limits."""

    __slots__ = (
        "_buckets",
        "_shared",
        "_tool_buckets",
        "access",
        "arrivals",
        "audit",
        "credential",
        "day",
        "encoded_audit",
        "limits",
        "load",
        "loaded",
        "principal",
        "record",
        "strict",
        "tenant_id",
    )

    def __init__(
        self, credential: Credential, loaded: LoadedServer, buckets: Buckets, load: TenantLoad, day: DayCount
    ) -> None:
        record, snapshot = credential.record, loaded.snapshot
        self.credential, self.record, self.loaded, self.load, self.day = credential, record, loaded, load, day
        self.access: Access = loaded.access(record)
        self.principal = f"{record.tenant_id}|{record.principal}"
        self.tenant_id, self.limits = record.tenant_id, snapshot.tenant.limits
        self.strict = snapshot.tenant.audit == "strict"
        self.audit: dict[str, Any] = {
            "tenant_id": record.tenant_id,
            "server_id": snapshot.id,
            "user": record.user,
            "service_account": record.service_account,
            "client": record.client,
            "credential_id": record.credential_id,
            "credential_kind": record.kind,
        }
        self.encoded_audit: dict[tuple[str, bytes, str, str], bytes] = {}
        self.arrivals: dict[tuple[str, str], float] = {}
        self._buckets = buckets
        self._shared = [
            buckets.bucket("tenant", record.tenant_id, self.limits.tenant),
            buckets.bucket("principal", self.principal, self.limits.principal),
        ]
        if snapshot.rate is not None:
            self._shared.append(buckets.bucket("server", snapshot.id, snapshot.rate))
        self._tool_buckets: dict[str, tuple[Bucket, ...]] = {}

    def remember_client(self, who: tuple[str, bytes, str, str], shown: dict[str, str]) -> bytes:
        """Encode what stays the same in the audit events of one client: the beginning of a JSON object."""
        known = {name: value for name, value in self.audit.items() if value is not None}
        encoded = msgspec.json.encode({**known, **shown})[:-1]
        if len(self.encoded_audit) < CLIENTS_AT_MOST and sum(map(len, who)) < CLIENT_LENGTH:
            self.encoded_audit[who] = encoded
        return encoded

    @property
    def requests(self) -> tuple[Bucket, ...]:
        """The buckets that every request draws on."""
        return self.buckets_for(None)

    def buckets_for(self, tool: LoadedTool | None) -> tuple[Bucket, ...]:
        """The buckets that a call of this tool draws on."""
        name = "" if tool is None else tool.spec.id
        found = self._tool_buckets.get(name)
        if found is None:
            own = []
            if tool is not None and tool.spec.rate is not None:
                own.append(self._buckets.bucket("tool", tool.spec.id, tool.spec.rate))
            found = self._tool_buckets[name] = (*self._shared, *own)
        return found

    def slots_for(self, tool: LoadedTool) -> tuple[Slot, ...]:
        """The ceilings on calls at once that a lasting call of this tool is subject to."""
        slots = [
            Slot("tenant", self.tenant_id, self.limits.calls_in_flight),
            Slot("principal", self.principal, self.limits.streams_per_principal),
        ]
        if tool.spec.concurrency is not None and not tool.is_background:  # a job's worker looks after its own
            slots.append(Slot("tool", f"{self.tenant_id}|{tool.spec.id}", tool.spec.concurrency))
        return tuple(slots)
