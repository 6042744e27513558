"""CSV as RFC 4180 describes it, in both directions."""

import csv
import io
import re
from itertools import chain
from typing import Final

from mcp_runtime.toolkits import ToolError

Cell = str | int | float | bool | None

MOST_CELLS: Final = 500_000
LONGEST_OUTPUT: Final = 4_000_000

# What makes Excel, LibreOffice and Google Sheets take a cell for a formula (OWASP "CSV Injection"), full-width forms
# included. A sign before a plain number is no formula, and stays.
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
# Semicolons and tabs too: where a spreadsheet separates by them, an unquoted one would start a new cell.
_NEEDS_QUOTES: Final = re.compile(r"[\",;\t\r\n\x0b\x0c]|^\s|\s$")


def _header(line: list[str]) -> list[str]:
    repeated = sorted({name for name in line if line.count(name) > 1}) if len(line) <= 1_000 else []
    if len(line) > 1_000 or repeated:
        reason = f"repeats {', '.join(map(repr, repeated))}" if repeated else f"has {len(line)} columns; 1,000 may be"
        raise ToolError(f"The header line {reason}. Each column needs a name of its own.", "bad_header")
    return line


def rows_of(text: str) -> list[dict[str, str]]:
    """The lines of a CSV text as objects, without blank ones. Raises ToolError naming the line that does not fit."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[dict[str, str]] = []
    try:
        header = _header(next(reader, []))
        # Each row repeats the header, so a long header over many short lines would grow without bound.
        most = LONGEST_OUTPUT // (sum(map(len, header)) + 8 * len(header) + 1)
        for line in reader:
            if line and len(line) != len(header):
                reason = f"Line {reader.line_num} has {len(line)} fields, the header {len(header)}."
                raise ToolError(f"{reason} Fill or quote its fields.", "uneven_line")
            if len(rows) >= most:
                raise ToolError(f"The result would be too large after {most} rows; convert it in parts.", "too_large")
            if line:
                rows.append(dict(zip(header, line, strict=True)))
    except csv.Error as error:
        raise ToolError(f"Line {reader.line_num} is no valid CSV: {error}.", "bad_csv") from error
    return rows


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return str(value)


def _line(cells: list[Cell]) -> str:
    texts = map(_text, cells)
    line = ",".join('"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text for text in texts)
    # A line with nothing on it would be no row.
    return (line or '""') + "\r\n"


def table_of(rows: list[dict[str, Cell]]) -> str:
    """The rows as CSV. Raises ToolError where columns times rows are too many."""
    columns = list(dict.fromkeys(chain.from_iterable(rows)))
    if len(columns) * len(rows) > MOST_CELLS:
        raise ToolError(f"{len(columns)} columns × {len(rows)} rows are too many cells; convert in parts.", "too_large")
    if not columns:
        return ""
    lines: list[list[Cell]] = [[*columns], *([row.get(name) for name in columns] for row in rows)]
    return "".join(map(_line, lines))
