"""Suggestions for the arguments of prompts and the variables of templates (MCP server/utilities/completion)."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolkitMistake
from mcp_runtime.toolkits.functions import check_function
from mcp_runtime.toolkits.parameters import type_hints

VALUES_AT_MOST: Final = 100
"""As many values as one answer may have."""

Suggests = Callable[..., Any] | Sequence[str]
"""What an author writes: a function of what was typed, or all values there are."""


class Completion(Struct, frozen=True):
    """Some of many suggestions, best first. `total` is how many there are, where that is known."""

    values: list[str]
    total: int | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class BoundCompletion:
    """A function that suggests: the names of its parameters for what was typed, for what is known, and the context."""

    function: Callable[..., Any]
    is_async: bool
    typed: str
    known: str | None
    context: str | None

    def keywords(self, typed: str, known: dict[str, str], context: Context) -> dict[str, Any]:
        """What the function is called with."""
        given = {self.typed: typed, self.known: known, self.context: context}
        return {name: value for name, value in given.items() if name is not None}


def completion_of(value: Any) -> Completion:
    """What a function returned, with no more values than one answer may have. Raises ValidationError otherwise."""
    found = value if isinstance(value, Completion) else None
    values = msgspec.convert(value if found is None else found.values, list[str])
    total = len(values) if found is None else found.total
    has_more = len(values) > VALUES_AT_MOST or (found is not None and found.has_more)
    return Completion(values[:VALUES_AT_MOST], total, has_more)


def read_completions(
    complete: Mapping[str, Suggests] | None, known: Sequence[str], where: str
) -> dict[str, BoundCompletion]:
    """Read what completes which of the known arguments. Raises ToolkitMistake, starting with `where`."""
    completions = {}
    for name, suggests in (complete or {}).items():
        if name not in known:
            raise ToolkitMistake(f"{where}: complete names {name!r}, which is not one of its arguments")
        completions[name] = _read(suggests, f"{where}, completion of {name!r}")
    return completions


def _read(suggests: Suggests, where: str) -> BoundCompletion:
    if not callable(suggests):
        if isinstance(suggests, str) or not all(isinstance(value, str) for value in suggests):
            raise ToolkitMistake(f"{where}: give a function, or a list of strings")
        return _read(_among(tuple(suggests)), where)
    check_function(suggests, where)
    hints = type_hints(suggests, where)
    kinds = {str: "typed", dict[str, str]: "known", Context: "context"}
    found: dict[str, str] = {}
    for name in inspect.signature(suggests).parameters:
        kind = kinds.get(hints.get(name, Any), "")
        if not kind or kind in found:
            raise ToolkitMistake(
                f"{where}: it takes what was typed (str) and, where it wants them, the other arguments "
                f"(dict[str, str]) and the Context, each once; {name!r} is none of these"
            )
        found[kind] = name
    if "typed" not in found or hints.get("return") not in (list[str], Completion):
        raise ToolkitMistake(f"{where}: it must take what was typed (str), and return list[str] or Completion")
    is_async = inspect.iscoroutinefunction(suggests)
    return BoundCompletion(suggests, is_async, found["typed"], found.get("known"), found.get("context"))


def _among(values: tuple[str, ...]) -> Callable[..., Any]:
    async def suggest(typed: str) -> list[str]:
        return among(values, typed)

    return suggest


def among(values: Sequence[str], typed: str) -> list[str]:
    """Those of the values that begin with what was typed, then those that hold it elsewhere."""
    beginning = typed.casefold()
    starting = [value for value in values if value.casefold().startswith(beginning)]
    return starting + [value for value in values if beginning in value.casefold() and value not in starting]
