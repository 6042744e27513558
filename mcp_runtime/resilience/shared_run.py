"""Calls that need not be made: somebody is making the same one, or its answer is known."""

from dataclasses import dataclass, field
from typing import Any

from mcp_runtime.calls.loaded import Run
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.keeping import asks_tools, why_never_kept
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.resilience.joining import Asked, Flights
from mcp_runtime.resilience.kept_results import KeptResults
from mcp_runtime.resilience.sameness import Sameness
from mcp_runtime.toolkits.asked_parameters import AskedParameter
from mcp_runtime.toolkits.context import Context


def is_joined(spec: ToolSpec) -> bool:
    """Whether calls of it that come at once may be one. Tools of toolkits are cheaper to run than to compare."""
    return spec.annotations.is_read_only and spec.kind != "builtin" and not asks_tools(spec.kind, spec.config)


def is_kept(spec: ToolSpec) -> bool:
    """Whether answers of it may be given again, and its server says so."""
    return bool(spec.cache_seconds) and not why_never_kept(spec.kind, spec.annotations, spec.config)


@dataclass(slots=True)
class SharedRun:
    """Implements `mcp_runtime.calls.loaded.Run` around another. `asks` becomes true once the tool has asked anybody."""

    run: Run
    spec: ToolSpec
    sameness: Sameness
    flights: Flights
    kept: KeptResults
    asked: tuple[AskedParameter, ...] = ()
    wants_context: bool = True
    asks: bool = False
    joins: bool = field(init=False)
    keeps: bool = field(init=False)

    def __post_init__(self) -> None:
        self.joins, self.keeps = is_joined(self.spec), is_kept(self.spec)

    async def __call__(self, arguments: dict[str, Any], context: Any) -> ToolResult:
        """One call, or somebody else's."""
        versions = None if context.goes_on or self.asks else await self.sameness.secrets()
        if versions is None:
            return await self._run(arguments, context)
        kept_as = self._kept_as(context, arguments, versions)
        if kept_as is not None and (known := self.kept.here(kept_as)) is not None:
            return self.kept.result(known)

        async def work(shared: Context) -> ToolResult:
            return await self._answer(arguments, shared, kept_as)

        if not self.joins:
            return await work(context)
        try:
            key = self.sameness.key(context, arguments, versions, public=False)
            return await self.flights.fly(key, context, work)
        except Asked:
            self.asks = True
            return await self._run(arguments, context)

    def _kept_as(self, context: Context, arguments: dict[str, Any], versions: tuple[int, ...]) -> bytes | None:
        if not self.keeps:
            return None
        return self.sameness.key(context, arguments, versions, public=self.spec.cache_public)

    async def _answer(self, arguments: dict[str, Any], context: Context, kept_as: bytes | None) -> ToolResult:
        if kept_as is None:
            return await self._run(arguments, context)
        known = await self.kept.elsewhere(kept_as)
        if known is not None:
            return self.kept.result(known)
        result = await self._run(arguments, context)
        self.kept.keep(kept_as, result, self.spec.cache_seconds or 0.0)
        return result

    async def _run(self, arguments: dict[str, Any], context: Any) -> ToolResult:
        return await self.run(arguments, context if self.run.wants_context else None)
