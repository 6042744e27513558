"""What one replica has around the tools that leave the house."""

from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from mcp_runtime.calls.loaded import Run
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.resilience.breakers import Breakers
from mcp_runtime.resilience.bulkhead import Bulkhead
from mcp_runtime.resilience.guarded_run import GuardedRun, Guards
from mcp_runtime.resilience.joining import Flights
from mcp_runtime.resilience.kept_results import KeptResults
from mcp_runtime.resilience.sameness import ReadSecret, Sameness
from mcp_runtime.resilience.shared_run import SharedRun, is_joined, is_kept
from mcp_runtime.resilience.targets import target_of

_VALUES: Final = {"closed": 0, "half_open": 1, "open": 2}


class Resilience:
    """Of one replica. `secrets` are the installation's; `secret` reads one of a tenant."""

    def __init__(self, redis: Any, secrets: Sequence[str], secret: ReadSecret) -> None:
        self.breakers = Breakers(redis, token_hex(8))
        self.guards = Guards(self.breakers, Bulkhead())
        self.flights, self.kept = Flights(), KeptResults(redis, secrets)
        self._secret = secret

    def guarded(self, spec: ToolSpec, run: Run) -> Run:
        """What runs the tool; the run itself where there is nothing to guard and nothing to share."""
        target, run = target_of(spec), self.protected(spec, run)
        if run.asked or not (is_joined(spec) or is_kept(spec)):
            return run
        tenant_id = str(spec.config.get("tenant_id", "")) if target is None else target.tenant_id
        return SharedRun(run, spec, Sameness(spec, tenant_id, self._secret), self.flights, self.kept)

    def protected(self, spec: ToolSpec, run: Run) -> Run:
        """The same with breaker and places alone, for what is no call that somebody else could make: a job."""
        target = target_of(spec)
        if target is None:
            return run
        return GuardedRun(run, spec, target, self.guards, spec.timeout_seconds, run.wants_context, run.asked)

    def families(self) -> Iterator[Metric]:
        """What Prometheus is told."""
        states = GaugeMetricFamily(
            "atrium_breaker_state", "Upstreams left alone: 2 open, 1 half-open", labels=["tenant_id", "upstream"]
        )
        for tenant, target, state in self.breakers.states():
            states.add_metric([tenant, target], _VALUES[state])
        yield states
        yield GaugeMetricFamily("atrium_upstream_calls", "Calls that are out", self.guards.bulkhead.out)
        yield CounterMetricFamily("atrium_calls_joined", "Calls that waited for one like them", self.flights.joined)
        hits = CounterMetricFamily("atrium_result_hits", "Calls answered with a kept result", labels=["level"])
        hits.add_metric(["process"], self.kept.hits)
        hits.add_metric(["store"], self.kept.shared_hits)
        yield hits
        yield GaugeMetricFamily("atrium_kept_result_bytes", "Kept results in this process", self.kept.bytes)

    async def stop(self) -> None:
        """Tell and write what is being told and written."""
        await self.breakers.stop()
        await self.kept.stop()
