"""One call that leaves the house: with a place of its own, and only where the upstream is not known to be dead."""

import asyncio
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from mcp_runtime.calls.loaded import Run
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.resilience.breaker import NotNow, Permit
from mcp_runtime.resilience.breakers import Breakers
from mcp_runtime.resilience.bulkhead import Bulkhead, NoRoom
from mcp_runtime.resilience.outcomes import Unwell, outcome_of
from mcp_runtime.resilience.targets import Target
from mcp_runtime.toolkits.asked_parameters import AskedParameter

TIME_WAS_UP: Final = 0.95
"""A call that is ended after this part of its time limit was ended by it, and not by its client."""

BUSY_RETRY_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Guards:
    """What a replica keeps upstreams apart with."""

    breakers: Breakers
    bulkhead: Bulkhead


@dataclass(frozen=True, slots=True)
class GuardedRun:
    """Implements `mcp_runtime.calls.loaded.Run` around another. `limit` is the call's time limit in seconds."""

    run: Run
    spec: ToolSpec
    target: Target
    guards: Guards
    limit: float
    wants_context: bool
    asked: tuple[AskedParameter, ...]

    async def __call__(self, arguments: dict[str, Any], context: Any) -> ToolResult:
        """One call; where it can't go out, that is the tool's own error."""
        try:
            self.guards.bulkhead.enter(self.target)
        except NoRoom as full:
            return self._busy(full)
        began = asyncio.get_running_loop().time()
        try:
            admitted = await self.guards.breakers.admit(self.target)
            if isinstance(admitted, NotNow):
                return self._left_alone(admitted)
            return await self._run(arguments, context, admitted, began)
        finally:
            self.guards.bulkhead.leave(self.target)

    async def _run(self, arguments: dict[str, Any], context: Any, permit: Permit, began: float) -> ToolResult:
        outcome = None
        try:
            result = await self.run(arguments, context)
            outcome = outcome_of(result)
        except asyncio.CancelledError:
            if asyncio.get_running_loop().time() - began >= TIME_WAS_UP * self.limit:
                outcome = Unwell("timeout")
            raise
        finally:
            self.guards.breakers.settle(self.target, permit, outcome)
        return result

    def _left_alone(self, answer: NotNow) -> ToolResult:
        seconds = max(1, ceil(answer.retry_after))
        return failed(
            "upstream_open",
            f"The service behind {self.spec.name} has failed again and again, and is left alone for a while. "
            f"Retry in {seconds} s.",
            retry_after=seconds,
            reason=self.guards.breakers.reason(self.target),
        )

    def _busy(self, full: NoRoom) -> ToolResult:
        whose = "it answers" if full.whose == "upstream" else "your organisation has out"
        return failed(
            "upstream_busy",
            f"The service behind {self.spec.name} can't be asked just now: {whose} {full.limit} calls already. "
            f"Retry in {BUSY_RETRY_SECONDS} s.",
            retry_after=BUSY_RETRY_SECONDS,
            limit=full.limit,
            level=full.whose,
        )
