"""Functions of resources, templates and prompts, with everything decided before they are first asked."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
from mcp_runtime.protocol.uris import UriTemplate
from mcp_runtime.toolkits.completion import BoundCompletion
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolError
from mcp_runtime.toolkits.messages import PromptMessage
from mcp_runtime.toolkits.parameters import Parameters

INVALID_ARGUMENTS = "invalid_arguments"


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A function and what it takes. `is_async` tells where it runs: on the loop, or in a thread."""

    function: Callable[..., Any]
    is_async: bool
    parameters: Parameters

    def keywords(self, arguments: dict[str, str], context: Context) -> dict[str, Any]:
        """What the function is called with. Raises ToolError of the type `invalid_arguments`."""
        try:
            keywords = msgspec.structs.asdict(msgspec.convert(arguments, self.parameters.struct))
        except msgspec.ValidationError as error:
            raise ToolError(f"Invalid arguments: {error}", type=INVALID_ARGUMENTS) from error
        if self.parameters.context is not None:
            keywords[self.parameters.context] = context
        return keywords


def bind_function(function: Callable[..., Any], parameters: Parameters) -> BoundFunction:
    """Join a function with what was read from its signature."""
    return BoundFunction(function, inspect.iscoroutinefunction(function), parameters)


@dataclass(frozen=True, slots=True)
class BoundResource:
    """One resource. `shape` makes contents of what its function returns, for the URI that was asked for."""

    definition: ResourceDefinition
    function: BoundFunction
    shape: Callable[[Any, str], list[ResourceContents]]


@dataclass(frozen=True, slots=True)
class BoundTemplate:
    """The resources of one template, and what suggests values of its variables."""

    definition: TemplateDefinition
    template: UriTemplate
    function: BoundFunction
    shape: Callable[[Any, str], list[ResourceContents]]
    completions: dict[str, BoundCompletion]


@dataclass(frozen=True, slots=True)
class BoundPrompt:
    """One prompt. `shape` makes messages of what its function returns."""

    definition: PromptDefinition
    function: BoundFunction
    shape: Callable[[Any], list[PromptMessage]]
    completions: dict[str, BoundCompletion]
