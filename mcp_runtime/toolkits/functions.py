"""What every function that a toolkit declares must be, whatever it is declared as."""

import inspect
from collections.abc import Callable
from typing import Any

from mcp_runtime.toolkits.errors import ToolkitMistake


def description_of(function: Callable[..., Any], where: str, why: str = "clients show it to people") -> str:
    """The first paragraph of the docstring. Raises ToolkitMistake, starting with `where`, where there is none."""
    paragraph = (inspect.getdoc(function) or "").partition("\n\n")[0]
    if not paragraph.strip():
        raise ToolkitMistake(f"{where}: {why}; write a docstring")
    return " ".join(paragraph.split())


def check_function(function: Callable[..., Any], where: str, returns_once: str = "it returns once") -> None:
    """Raises ToolkitMistake where this is no plain function that returns once."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ToolkitMistake(f"{where}: {returns_once}")
    if not inspect.isfunction(function):
        raise ToolkitMistake(f"{where}: decorate a plain function, `def` or `async def`")
