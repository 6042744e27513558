"""Answers for resources, templates and prompts of toolkits: `async def` on the event loop, `def` in threads."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from mcp_runtime.calls.executors.shared_threads import SharedThreads
from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.toolkits.completion import BoundCompletion, Completion, completion_of
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolExited
from mcp_runtime.toolkits.messages import PromptMessage
from mcp_runtime.toolkits.registry import ToolkitRegistry

T = TypeVar("T")


class BuiltinPrimitives:
    """Implements `mcp_runtime.calls.offered.Primitives` for the kind `builtin`. Its threads are its own, so that tools
    and these never keep each other waiting, and no tenant holds all of them."""

    def __init__(self, registry: ToolkitRegistry, threads: int = 8, queue: int = 64) -> None:
        self._registry = registry
        self._threads = SharedThreads(threads, queue, "primitive")

    async def read(self, spec: ResourceSpec, context: Context) -> list[ResourceContents]:
        """Read a resource."""
        bound = self._toolkit(spec).bound_resource(spec.config["name"])
        keywords = bound.function.keywords({}, context)
        return await self._run(
            bound.function.function,
            bound.function.is_async,
            keywords,
            lambda value: bound.shape(value, spec.uri),
            context,
        )

    async def read_by_template(
        self, spec: TemplateSpec, uri: str, values: dict[str, str], context: Context
    ) -> list[ResourceContents]:
        """Read the resource that a template gives for these values."""
        bound = self._toolkit(spec).bound_template(spec.config["name"])
        keywords = bound.function.keywords(values, context)
        return await self._run(
            bound.function.function, bound.function.is_async, keywords, lambda value: bound.shape(value, uri), context
        )

    async def get_prompt(self, spec: PromptSpec, arguments: dict[str, str], context: Context) -> list[PromptMessage]:
        """The messages of a prompt."""
        bound = self._toolkit(spec).bound_prompt(spec.config["name"])
        keywords = bound.function.keywords(arguments, context)
        return await self._run(bound.function.function, bound.function.is_async, keywords, bound.shape, context)

    async def complete(
        self, spec: TemplateSpec | PromptSpec, argument: str, typed: str, known: dict[str, str], context: Context
    ) -> Completion:
        """Suggest values for an argument that can be completed."""
        bound = self._completions(spec)[argument]
        keywords = bound.keywords(typed, known, context)
        return await self._run(bound.function, bound.is_async, keywords, completion_of, context)

    def close(self) -> None:
        """Take nothing more; what runs ends by itself."""
        self._threads.close()

    def _toolkit(self, spec: ResourceSpec | TemplateSpec | PromptSpec) -> Any:
        return self._registry.toolkit(spec.config["toolkit"])

    def _completions(self, spec: TemplateSpec | PromptSpec) -> dict[str, BoundCompletion]:
        toolkit, name = self._toolkit(spec), spec.config["name"]
        bound = toolkit.bound_prompt(name) if isinstance(spec, PromptSpec) else toolkit.bound_template(name)
        completions: dict[str, BoundCompletion] = bound.completions
        return completions

    async def _run(
        self,
        function: Callable[..., Any],
        is_async: bool,
        keywords: dict[str, Any],
        shape: Callable[[Any], T],
        context: Context,
    ) -> T:
        reason = None
        try:
            if is_async:
                return shape(await function(**keywords))
            return await self._threads.run(context.tenant, lambda: _run_blocking(function, keywords, shape))
        except asyncio.CancelledError:
            reason = "nobody waits for this any more"
            raise
        except SystemExit as error:
            raise ToolExited("it raised SystemExit") from error
        finally:
            context.close(reason)


def _run_blocking(function: Callable[..., Any], keywords: dict[str, Any], shape: Callable[[Any], T]) -> T:
    try:
        return shape(function(**keywords))
    # Neither may travel through a future: one would end the event loop, the other leave its waiter waiting for ever.
    except (SystemExit, StopIteration) as error:
        raise ToolExited(f"it raised {type(error).__name__}") from error
