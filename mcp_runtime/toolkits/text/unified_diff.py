"""A unified diff that `patch` can apply."""

import difflib
from collections.abc import Iterator

UNFINISHED = "\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines with their line feeds. Other separators (form feed, U+2028) are part of a line, as `patch` has it."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _finished(lines: Iterator[str]) -> Iterator[str]:
    return (line if line.endswith("\n") else line + UNFINISHED for line in lines)


def unified_diff(before: str, after: str) -> str:
    """The difference of two texts; "" exactly where they are equal."""
    return "".join(_finished(difflib.unified_diff(_lines(before), _lines(after), "before", "after")))
