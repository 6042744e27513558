"""The composition root: the one file that joins the runtime with the domain's implementations of its ports."""

from collections import Counter
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from control_plane import environment
from egress.door import Door
from egress.pool import Pool
from mcp_runtime.asgi import RuntimeApplication, build_application
from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.calls.executors.hosted_primitives import HostedPrimitives
from mcp_runtime.calls.loaded import Run
from mcp_runtime.contract import fan_out, hosted, http_tools
from mcp_runtime.contract import upstreams as upstream_servers
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.fan_out.executor import FanOutExecutor
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.jobs.attempt import Pace
from mcp_runtime.jobs.loop_runner import LoopRunner, RunnerByKind
from mcp_runtime.jobs.runner_process import RunnerOptions
from mcp_runtime.jobs.warm_runner import WarmRunner
from mcp_runtime.replica import redis_link
from mcp_runtime.replica.egress_denials import EgressDenials
from mcp_runtime.resilience.guarding import Resilience
from mcp_runtime.runtime import Executors, Runtime
from mcp_runtime.settings import RuntimeSettings
from mcp_runtime.toolkits.registry import ToolkitRegistry
from mcp_runtime.upstreams.credentials import ReadSecret
from mcp_runtime.upstreams.executor import UpstreamExecutor
from mcp_runtime.upstreams.primitives import UpstreamPrimitives
from mcp_runtime.upstreams.reader import BlockingReader
from mcp_runtime.upstreams.upstreams import Upstreams
from tenants.runtime_ports.audit_log import DatabaseAuditLog
from tenants.runtime_ports.credential_source import DatabaseCredentials
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.hosted_contents import DatabaseHostedContents
from tenants.runtime_ports.job_record import DatabaseJobs
from tenants.runtime_ports.secret_vault import DatabaseVault
from tenants.runtime_ports.snapshot_source import DatabaseSnapshots
from tenants.runtime_ports.upstream_accounts import DatabaseUpstreamAccounts
from tenants.runtime_ports.upstream_reports import DatabaseUpstreamReports

tool_catalogue: Final = ToolkitRegistry.discover(development=settings.EMBEDDED)
"""The toolkits of this installation; those for development only where nobody else can reach them."""


def job_executors() -> Executors:
    """What runs the jobs of tools that are code of ours, in a worker's own process. Asked for once, in that process,
    for its one event loop."""
    door = Door(installation=settings.EGRESS, report=EgressDenials(Counter()), pool=Pool())
    vault = DatabaseVault(DatabaseThreads())
    upstreams = _upstreams(door, DatabaseThreads(), vault.secret)
    guards = Resilience(redis_link.connect(settings.REDIS_URL), (), vault.secret)
    return {
        http_tools.KIND: _protected(guards, HttpExecutor(door, vault.secret).bind),
        upstream_servers.KIND: _protected(guards, UpstreamExecutor(upstreams).bind),
    }


def _protected(guards: Resilience, bind: Callable[[ToolSpec], Run]) -> Callable[[ToolSpec], Run]:
    """Left alone where the replicas leave it alone, and the other way round."""
    return lambda spec: guards.protected(spec, bind(spec))


def _upstreams(door: Door, threads: DatabaseThreads, secret: ReadSecret) -> Upstreams:
    """The MCP servers of others, as one event loop speaks to them."""
    accounts, reports = DatabaseUpstreamAccounts(threads, door), DatabaseUpstreamReports(threads)
    return Upstreams(door, secret=secret, accounts=accounts, reports=reports)


def _blocking_door() -> Door:
    return Door(installation=settings.EGRESS, report=EgressDenials(Counter()))


upstream_reader: Final = BlockingReader(_blocking_door)
"""What reads the lists of upstream MCP servers for pages and tasks."""


_PACE: Final = Pace(answering=settings.JOB_ANSWER_SECONDS)

job_runner: Final = RunnerByKind(
    toolkits=WarmRunner(
        RunnerOptions(
            environment=environment.without_secrets(),
            memory_mb=settings.JOB_MEMORY_MB,
            development=settings.EMBEDDED,
        ),
        _PACE,
    ),
    others=LoopRunner(job_executors, _PACE),
)
"""What runs the tools of jobs in this process, where it is a worker's; it starts nothing before it is told to."""


def runtime_settings() -> RuntimeSettings:
    """What the runtime must be told, from Django's settings."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return RuntimeSettings(
        public_url=settings.PUBLIC_URL,
        redis_url=settings.REDIS_URL,
        allowed_hosts=frozenset(name.lower() for name in (host, *settings.EXTRA_HOSTS)),
        allow_loopback=settings.EMBEDDED,
        allowed_origins=frozenset(settings.ALLOWED_ORIGINS),
        trusted_proxies=tuple(settings.TRUSTED_PROXIES),
        metrics_token=settings.METRICS_TOKEN,
        job_patience=settings.JOB_PATIENCE_SECONDS,
        input_seconds=settings.INPUT_SECONDS,
        secrets=(*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)),
    )


def runtime_application() -> RuntimeApplication:
    """The runtime on the ports of this installation's database."""
    threads = DatabaseThreads()
    application = build_application(
        runtime_settings(),
        credentials=DatabaseCredentials(threads),
        snapshots=DatabaseSnapshots(threads),
        audit_log=DatabaseAuditLog(threads),
        jobs=DatabaseJobs(threads),
        executors={"builtin": BuiltinExecutor(tool_catalogue).bind},
        primitives={
            "builtin": BuiltinPrimitives(tool_catalogue),
            hosted.KIND: HostedPrimitives(DatabaseHostedContents(threads)),
        },
        vault=DatabaseVault(threads),
    )
    _lead_out(application.runtime, threads)
    return application


def _lead_out(runtime: Runtime, threads: DatabaseThreads) -> None:
    """What goes out of a replica goes through one door."""
    door = Door(installation=settings.EGRESS, report=EgressDenials(runtime.metrics.egress_denials), pool=Pool())
    http = HttpExecutor(door, runtime.secret).bind
    runtime.executors[http_tools.KIND] = http
    runtime.executors[fan_out.KIND] = FanOutExecutor(http, runtime.resilience.guarded).bind
    upstreams = _upstreams(door, threads, runtime.secret)
    runtime.executors[upstream_servers.KIND] = UpstreamExecutor(upstreams).bind
    runtime.primitives[upstream_servers.KIND] = UpstreamPrimitives(upstreams)
    runtime.when_stopped += [upstreams.aclose, door.aclose]
