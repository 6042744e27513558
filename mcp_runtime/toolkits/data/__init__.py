"""Asking JSON, and going between CSV and JSON."""

from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from mcp_runtime.bounded_query import LONGEST_EXPRESSION, QueryRefused, query
from mcp_runtime.toolkits import ToolError, Toolkit
from mcp_runtime.toolkits.data.tables import Cell, rows_of, table_of

toolkit = Toolkit("data", title="Data", description="Query JSON, and convert between CSV and JSON.")

LONGEST_TABLE: Final = 1_000_000
MOST_ROWS: Final = 50_000


class Answer(Struct, frozen=True):
    """What the expression selects; null where nothing matches."""

    result: Any


class Rows(Struct, frozen=True):
    """One object per line, by the names of the first line."""

    rows: list[dict[str, str]]


class Table(Struct, frozen=True):
    """CSV as RFC 4180 has it: commas, quotes where needed, lines that end in CR LF."""

    csv: str


@toolkit.tool(title="Query JSON", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def json_query(
    document: Annotated[Any, Meta(description="Any JSON value, as it is (not as a string).")],
    expression: Annotated[
        str,
        Meta(description="A JMESPath expression, such as `people[?age > `30`].name`.", max_length=LONGEST_EXPRESSION),
    ],
) -> Answer:
    """Select from and reshape a JSON document with a JMESPath expression."""
    try:
        return Answer(result=query(document, expression))
    except QueryRefused as refusal:
        raise ToolError(str(refusal), refusal.type) from refusal


@toolkit.tool(title="CSV to JSON", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def csv_to_json(
    csv: Annotated[str, Meta(description="CSV text; its first line names the columns.", max_length=LONGEST_TABLE)],
) -> Rows:
    """Turn CSV with a header line into a list of objects; every value is a string, as CSV knows no types."""
    return Rows(rows=rows_of(csv))


@toolkit.tool(title="JSON to CSV", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def json_to_csv(
    rows: Annotated[
        list[dict[str, Cell]],
        Meta(description="Objects with plain values; null and missing are empty.", max_length=MOST_ROWS),
    ],
) -> Table:
    """Turn a list of flat objects into CSV. Columns come in the order in which they first appear. Text that a
    spreadsheet would run as a formula gets an apostrophe in front."""
    return Table(csv=table_of(rows))
