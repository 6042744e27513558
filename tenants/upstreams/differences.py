"""Two definitions, field by field: what was approved, and what is offered now."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 500

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, as a path; None is "not there". Texts are as they came, everything else is JSON."""

    field: str
    old: str | None
    new: str | None


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Difference]:
    """The fields that differ, in the order of their paths; 500 at most, and then one that says so."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    paths = sorted((path for path in before.keys() | after.keys() if before.get(path) != after.get(path)), key=_shown)
    found = [Difference(_shown(path), _words(before, path), _words(after, path)) for path in paths[:MOST]]
    if len(paths) > MOST:
        found.append(Difference(f"and {len(paths) - MOST} more fields", None, None))
    return found


def fields_of(definition: Mapping[str, Any]) -> list[Difference]:
    """Every field of a definition, as one that is new."""
    return differences(None, definition)


def _words(leaves: Mapping[Path, Any], path: Path) -> str | None:
    written = leaves.get(path)
    if written is None:
        return None
    value = json.loads(written)
    return value if isinstance(value, str) else written


def _shown(path: Path) -> str:
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.removeprefix(".") or "everything"


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each as JSON, so that 1, 1.0 and true are three things. What is not there at all has none."""
    if isinstance(value, dict) and value:
        for name in value:
            yield from _leaves(value[name], (*path, str(name)))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _leaves(each, (*path, number))
    elif path or value is not None:
        yield path, json.dumps(value)
