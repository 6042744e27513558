"""Finding toolkits: one folder each beside this file, and entry points of installed packages."""

import logging
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

import mcp_runtime.toolkits
from mcp_runtime.toolkits.declaration import Toolkit

ENTRY_POINT_GROUP: Final = "atrium.toolkits"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolkitProblem:
    """A toolkit that could not be offered: where it should have come from, and why not, in one sentence."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """The toolkits found, by name, and those that could not be loaded."""

    toolkits: dict[str, Toolkit]
    problems: list[ToolkitProblem]


def _folder_loader(module: str) -> Callable[[], Any]:
    return lambda: import_module(module).toolkit


def _sources() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Where toolkits come from, each with what loads it: shipped ones first, so that no plugin takes their names."""
    for module in sorted(pkgutil.iter_modules(mcp_runtime.toolkits.__path__)):
        if module.ispkg:
            name = f"{mcp_runtime.toolkits.__name__}.{module.name}"
            yield name, _folder_loader(name)
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP)):
        yield f"{entry.dist.name if entry.dist else 'unknown package'}: {entry.name} = {entry.value}", entry.load


def _load(source: str, load: Callable[[], Any]) -> Toolkit | ToolkitProblem:
    try:
        found = load()
    # The boundary between this installation and foreign code: importing it may raise anything, or even try to exit.
    except (Exception, SystemExit) as error:
        logger.exception("toolkit could not be loaded", extra={"source": source})
        return ToolkitProblem(source, f"{type(error).__name__}: {error}")
    if not isinstance(found, Toolkit):
        return ToolkitProblem(source, f"this is no Toolkit but {type(found).__name__}")
    return found


def discover() -> Discovered:
    """Load every toolkit of this installation. One that is broken, or takes a name already taken, becomes a problem,
    reported in the log as an error, and leaves the others alone."""
    found = Discovered({}, [])
    for source, load in _sources():
        toolkit = _load(source, load)
        if isinstance(toolkit, Toolkit) and toolkit.name in found.toolkits:
            toolkit = ToolkitProblem(source, f"there is a toolkit named {toolkit.name!r} already")
        if isinstance(toolkit, Toolkit):
            found.toolkits[toolkit.name] = toolkit
        else:
            logger.error("toolkit left out: %s (%s)", toolkit.source, toolkit.reason)
            found.problems.append(toolkit)
    return found
