"""Everything one replica is made of, in one place: what it knows, what it counts, whom it asks."""

import asyncio
from collections.abc import Awaitable, Callable

from mcp_runtime.admission.buckets import Buckets
from mcp_runtime.admission.gate import Gate
from mcp_runtime.admission.quota import Quota
from mcp_runtime.admission.slots import Slots
from mcp_runtime.audit import AuditTrail
from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.caller import Caller, Credential, TenantLoad
from mcp_runtime.calls.listeners import Listeners
from mcp_runtime.calls.loaded import LoadedServer, LoadedTool, Run
from mcp_runtime.calls.offered import Primitives
from mcp_runtime.calls.revocation import Revocation
from mcp_runtime.calls.running import RunningCalls
from mcp_runtime.calls.time_limit import Clock
from mcp_runtime.contract import breakers, keys
from mcp_runtime.contract.credentials import decode_credential
from mcp_runtime.contract.open_sessions import CLOSINGS
from mcp_runtime.contract.ports import AuditLog, CredentialSource, JobRecord, SecretVault, SnapshotSource
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.snapshot import decode_snapshot
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.ending import end_all
from mcp_runtime.input.state import RequestStates
from mcp_runtime.observability import Metrics
from mcp_runtime.replica import redis_link
from mcp_runtime.replica.announcements import Announcements
from mcp_runtime.replica.changes import Changes
from mcp_runtime.replica.documents import Documents
from mcp_runtime.replica.job_events import JobEvents
from mcp_runtime.replica.open_streams import OpenStreams
from mcp_runtime.replica.secret_cache import EmptyVault, SecretCache
from mcp_runtime.resilience.guarding import Resilience
from mcp_runtime.sessions.cancellations import Cancellations
from mcp_runtime.sessions.client_requests import ClientRequests
from mcp_runtime.sessions.session_asker import SessionAsker
from mcp_runtime.sessions.standing import Standing
from mcp_runtime.sessions.store import SessionStore
from mcp_runtime.sessions.streams import Streams
from mcp_runtime.settings import RuntimeSettings

Executors = dict[str, Callable[[ToolSpec], Run]]
"""By kind of tool: what makes a spec runnable."""


class Runtime:
    """One replica. Start it once, stop it once. `executors`, and what is closed `when_stopped`, may be added to until
    it starts: some of them need what the replica itself holds."""

    def __init__(
        self,
        settings: RuntimeSettings,
        *,
        credentials: CredentialSource,
        snapshots: SnapshotSource,
        audit_log: AuditLog,
        jobs: JobRecord,
        executors: Executors,
        primitives: dict[str, Primitives],
        vault: SecretVault | None = None,
    ) -> None:
        self.settings, self.executors, self.primitives = settings, executors, primitives
        self.when_stopped: list[Callable[[], Awaitable[None]]] = []
        self.redis = redis = redis_link.connect(settings.redis_url)
        self.metrics, self.running = Metrics(), RunningCalls()
        self.credentials = _credential_documents(redis, settings.cached_credentials, credentials)
        self.servers = _server_documents(redis, settings.cached_servers, snapshots)
        self.secrets = SecretCache(EmptyVault() if vault is None else vault)
        self.buckets = Buckets(redis)
        self.gate, self.quota = Gate(self.buckets, Slots(redis)), Quota(redis)
        self.sessions, self.standing = SessionStore(redis, settings.session_idle), Standing(redis)
        self.streams = Streams(redis, idle_seconds=settings.session_idle, pulse_interval=settings.pulse_interval)
        self.audit = AuditTrail(
            redis=redis, log=audit_log, interval=settings.audit_interval, capacity=settings.audit_buffer
        )
        self.jobs, self.job_events = jobs, _job_events(settings, jobs)
        self.request_states = RequestStates(settings.secrets)
        self.cancellations = Cancellations(redis, self.running)
        self.client_requests = ClientRequests(redis, settings.reply_poll_interval)
        self.open_streams = OpenStreams(redis, settings.pulse_interval)
        self.resilience = Resilience(redis, settings.secrets, self.secret)
        self.announcements, self.listeners = Announcements(redis), Listeners(self.credentials, self.servers)
        self.changes = self._follow_changes()
        self._revocation = Revocation(self.running, self.credentials, self.servers)
        self._loads: dict[str, TenantLoad] = {}
        self.background: set[asyncio.Task[object]] = set()
        self.draining = False
        _describe(self)

    async def start(self) -> None:
        """Begin to follow changes, to flush, and to count."""
        await self.changes.start()
        await self.job_events.start()
        await self.audit.start()
        await self.quota.start()

    async def stop(self) -> None:
        """Let what runs on without a client end, then flush everything and close."""
        self.draining = True
        if self.background:
            await asyncio.wait(self.background, timeout=self.settings.drain_seconds)
        await end_all(self.background)
        await self.listeners.stop()
        await self.announcements.stop()
        await self.streams.stop()
        await self.open_streams.stop()
        await self._revocation.stop()
        await self.job_events.stop()
        await self.changes.stop()
        await self.resilience.stop()
        await self.quota.stop()
        for close in self.when_stopped:
            await close()
        await self.audit.stop()
        await self.redis.aclose()

    def drain(self) -> None:
        """Not ready from now on. Streams that only listen end at once. Calls in flight have time to end; whoever still
        waits for a job then is told that it goes on."""
        self.draining = True
        self.listeners.drain()
        loop = asyncio.get_running_loop()
        loop.call_later(self.settings.drain_seconds, self.job_events.hurry)
        loop.call_later(self.settings.drain_seconds, self.streams.hand_over)

    async def secret(self, tenant_id: str, name: str, version: int | None = None) -> SecretValue | None:
        """A tenant's secret for one request, as it is now; None where there is none of this name and version. Raises
        SecretUnreadable, RecordUnavailable."""
        return await self.secrets.read(tenant_id, name, version=version, changes_heard=self.changes.are_heard)

    def caller(self, credential: Credential, name: str, loaded: LoadedServer) -> Caller:
        """The credential as a caller of this server; worked out anew when the snapshot has changed."""
        caller = credential.callers.get(name)
        if caller is None or caller.loaded is not loaded:
            tenant = credential.record.tenant_id
            load = self._loads.setdefault(tenant, TenantLoad())
            caller = Caller(credential, loaded, self.buckets, load, self.quota.count(tenant))
            credential.callers[name] = caller
        return caller

    def run(self, tool: LoadedTool) -> Run:
        """What runs the tool; raises KeyError for a kind that this replica has no executor for."""
        return tool.run or tool.bind(self.resilience.guarded(tool.spec, self.executors[tool.spec.kind](tool.spec)))

    def session_asker(self, call: Call, emit: Emit | None, clock: Clock | None = None, scope: str = "") -> SessionAsker:
        """What a call in a session asks its client with."""
        return SessionAsker(call, emit, clock=clock, scope=scope)

    def detach(self, task: "asyncio.Task[object]") -> None:
        """Keep a task that goes on without its client until it has ended."""
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    def _follow_changes(self) -> Changes:
        return Changes(
            redis=self.redis,
            interval=self.settings.poll_interval,
            limit=self.settings.staleness_limit,
            on_change=self._changed,
            on_everything=self._everything_changed,
            heard={
                keys.CANCELLATIONS: self.cancellations.hear,
                keys.ANNOUNCEMENTS: self.listeners.hear,
                keys.CLIENT_REPLIES: self.client_requests.hear,
                CLOSINGS: self.open_streams.hear,
                breakers.CHANNEL: self.resilience.breakers.hear,
            },
        )

    def _changed(self, kind: str, name: str) -> None:
        if kind == keys.KIND_SECRET:
            self.secrets.forget(name)
            return
        if kind == keys.KIND_SERVER:
            self.servers.forget(name)
        elif kind == keys.KIND_CREDENTIAL:
            self.credentials.forget(name)
        self._revocation.review_soon()
        self.listeners.changed(kind, name)

    def _everything_changed(self) -> None:
        self.servers.clear()
        self.credentials.clear()
        self.secrets.clear()
        self._revocation.review_soon()
        self.listeners.everything_changed()


def _credential_documents(redis: object, size: int, source: CredentialSource) -> Documents[Credential]:
    async def load(digest: str) -> Credential | None:
        record = await source.credential(bytes.fromhex(digest))
        return None if record is None else Credential(digest, record)

    return Documents(
        kind=keys.KIND_CREDENTIAL,
        size=size,
        redis=redis,
        decode=lambda digest, body: Credential(digest, decode_credential(body)),
        load=load,
    )


def _server_documents(redis: object, size: int, source: SnapshotSource) -> Documents[LoadedServer]:
    async def load(name: str) -> LoadedServer | None:
        tenant, server = name.split("/", 1)
        snapshot = await source.snapshot(tenant, server)
        return None if snapshot is None else LoadedServer(snapshot)

    return Documents(
        kind=keys.KIND_SERVER,
        size=size,
        redis=redis,
        decode=lambda _, body: LoadedServer(decode_snapshot(body)),
        load=load,
    )


def _job_events(settings: RuntimeSettings, jobs: JobRecord) -> JobEvents:
    return JobEvents(redis_link.connect_ear(settings.redis_url), jobs, settings.job_poll_interval)


def _describe(runtime: Runtime) -> None:
    """Tell the metrics what to read where."""
    metrics = runtime.metrics
    metrics.more.append(runtime.resilience.families)
    metrics.counters.update(
        atrium_audit_events=("Calls that this replica told the audit", lambda: runtime.audit.events_total),
        atrium_audit_flush_failures=("Flushes of the audit that failed", lambda: runtime.audit.flush_failures),
        atrium_jobs_submitted=("Jobs that this replica had made", lambda: metrics.jobs_submitted),
        atrium_credential_misses=("Credentials not found in memory", lambda: runtime.credentials.misses),
        atrium_server_misses=("Snapshots not found in memory", lambda: runtime.servers.misses),
    )
    metrics.gauges.update(
        atrium_audit_backlog=("Audit events not yet flushed", lambda: runtime.audit.backlog),
        atrium_changes_age_seconds=("Seconds since changes were last known to be heard", lambda: runtime.changes.age),
        atrium_cached_credentials=("Credentials in memory", lambda: len(runtime.credentials)),
        atrium_cached_secrets=("Secrets in memory", lambda: len(runtime.secrets)),
        atrium_cached_servers=("Snapshots in memory", lambda: len(runtime.servers)),
        atrium_jobs_waiting=("Calls that wait for a job", lambda: runtime.job_events.waiting),
        atrium_listening_streams=("Streams that stay open for what servers say", lambda: len(runtime.listeners)),
        atrium_running_calls=("Calls on streams that can be cancelled", lambda: len(runtime.running)),
    )
