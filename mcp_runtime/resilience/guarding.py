"""What one replica has around the tools that leave the house."""

from collections.abc import Iterator
from secrets import token_hex
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily, Metric

from mcp_runtime.calls.loaded import Run
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.resilience.breakers import Breakers
from mcp_runtime.resilience.bulkhead import Bulkhead
from mcp_runtime.resilience.guarded_run import GuardedRun, Guards
from mcp_runtime.resilience.targets import target_of

_VALUES: Final = {"closed": 0, "half_open": 1, "open": 2}


class Resilience:
    """Of one replica."""

    def __init__(self, redis: Any) -> None:
        self.breakers = Breakers(redis, token_hex(8))
        self.guards = Guards(self.breakers, Bulkhead())

    def guarded(self, spec: ToolSpec, run: Run) -> Run:
        """What runs the tool; the run itself where there is nothing to guard."""
        target = target_of(spec)
        if target is None:
            return run
        limit = spec.timeout_seconds
        return GuardedRun(run, spec, target, self.guards, limit, run.wants_context, run.asked)

    def families(self) -> Iterator[Metric]:
        """What Prometheus is told."""
        states = GaugeMetricFamily(
            "atrium_breaker_state", "Upstreams left alone: 2 open, 1 half-open", labels=["tenant_id", "upstream"]
        )
        for tenant, target, state in self.breakers.states():
            states.add_metric([tenant, target], _VALUES[state])
        yield states
        yield GaugeMetricFamily("atrium_upstream_calls", "Calls that are out", self.guards.bulkhead.out)

    async def stop(self) -> None:
        """Tell what is being told."""
        await self.breakers.stop()
