"""A tool with everything decided before its first call."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.tools import ToolDefinition
from mcp_runtime.toolkits.answers import Answers
from mcp_runtime.toolkits.asked_parameters import AskedParameter
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.parameters import Arguments, Parameters


@dataclass(frozen=True, slots=True)
class BoundTool:
    """One tool, ready to be called.

    `prepare` turns validated arguments (and the context, where the tool wants one) into the function's keywords;
    `shape` turns what it returns into the result. `is_async` tells where it runs: on the loop, or in a thread. `asked`
    are asked for first, and given to `prepare` in the context.
    """

    definition: ToolDefinition
    function: Callable[..., Any]
    is_async: bool
    wants_context: bool
    prepare: Callable[[Arguments, Context | None], Arguments]
    shape: Callable[[Any], ToolResult]
    asked: tuple[AskedParameter, ...] = ()


def _as_they_are(arguments: Arguments, context: Context | None) -> Arguments:
    return arguments


def _preparation(parameters: Parameters) -> Callable[[Arguments, Context | None], Arguments]:
    convert, name = parameters.convert, parameters.context
    wants_context = name is not None or parameters.asked
    if convert is None and not wants_context:
        return _as_they_are
    if not wants_context:
        return lambda arguments, context: convert(arguments) if convert else arguments

    def with_context(arguments: Arguments, context: Context | None) -> Arguments:
        if context is None:
            raise TypeError("this tool takes a Context and got none")
        given = {**(convert(arguments) if convert else arguments), **context.answered}
        return given if name is None else {**given, name: context}

    return with_context


def bind(
    function: Callable[..., Any], definition: ToolDefinition, parameters: Parameters, answers: Answers
) -> BoundTool:
    """Join what was read from a function into a tool that can be called."""
    return BoundTool(
        definition=definition,
        function=function,
        is_async=inspect.iscoroutinefunction(function),
        wants_context=parameters.context is not None or bool(parameters.asked),
        prepare=_preparation(parameters),
        shape=answers.shape,
        asked=parameters.asked,
    )
