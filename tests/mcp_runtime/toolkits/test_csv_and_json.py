"""CSV to JSON and back, without turning data into formulas."""

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mcp_runtime.toolkits.data import toolkit
from mcp_runtime.toolkits.data.tables import rows_of, table_of
from mcp_runtime.toolkits.testing import SchemaMismatch, call

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
HARMLESS = CELLS.filter(lambda text: text[:1] not in tuple("=+-@\t\r\n＝＋－＠"))
HEADERS = st.lists(HARMLESS.filter(lambda name: "\ufeff" not in name), min_size=1, max_size=4, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, str]]:
    header = draw(HEADERS)
    return draw(st.lists(st.fixed_dictionaries(dict.fromkeys(header, HARMLESS)), min_size=1, max_size=4))


@given(tables())
def test_what_is_written_reads_back(rows: list[dict[str, str]]) -> None:
    assert rows_of(table_of(rows)) == rows


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_what_python_writes_is_read(lines: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *lines])
    assert rows_of(text.getvalue()) == [{"a": a, "b": b} for a, b in lines]


@example("-1")
@given(st.text(st.sampled_from('=+-@\t\r\n＝＠a1,";'), max_size=6))
def test_no_cell_starts_a_formula(text: str) -> None:
    for separator in ",;\t":
        written = table_of([{"a": text, "b": "x"}])
        for line in list(csv.reader(io.StringIO(written, newline=""), delimiter=separator))[1:]:
            for cell in line:
                assert cell[:1] not in tuple("=@\t\r\n＝＠")
                # A sign stays before a plain number. Read with another separator, the rest of its line follows it.
                assert cell[:1] not in tuple("+-") or float(cell.split(",")[0]) is not None


def test_values_are_written_as_json_writes_them() -> None:
    rows = [{"n": -5, "t": True, "x": None, "s": 'a "b", c'}, {"extra": 1.5}]
    written = call(toolkit, "json_to_csv", {"rows": rows}).structured["csv"]
    assert written == 'n,t,x,s,extra\r\n-5,true,,"a ""b"", c",\r\n,,,,1.5\r\n'


def test_formulas_in_column_names_are_defused_too() -> None:
    assert table_of([{"=cmd()": "+1-555", "=": "-1.5"}]) == "'=cmd(),'=\r\n'+1-555,-1.5\r\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("a,b\n", []),
        ("\ufeffa,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        ('a\n"x\ny"\n\n"z"', [{"a": "x\ny"}, {"a": "z"}]),
    ],
)
def test_csv_becomes_rows(text: str, rows: list[dict[str, str]]) -> None:
    assert call(toolkit, "csv_to_json", {"csv": text}).structured == {"rows": rows}


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("a,b\n1\n", "uneven_line", "Line 2 has 1 fields"),
        ("a,b\n1,2,3\n", "uneven_line", "Line 2 has 3 fields"),
        ("a,a\n", "bad_header", "'a'"),
        ('a\n"open', "bad_csv", "Line 2"),
        (",".join(map(str, range(1001))), "bad_header", "1001 columns"),
        (",".join(f"{n:0400}" for n in range(900)) + "\n" + ("," * 899 + "\n") * 20, "too_large", "in parts"),
    ],
)
def test_what_is_wrong_with_a_csv_is_named(text: str, kind: str, words: str) -> None:
    called = call(toolkit, "csv_to_json", {"csv": text})
    assert called.error_type == kind
    assert words in called.text


@pytest.mark.parametrize("row", [{"a": [1]}, {"a": {"b": 1}}, [1], "a"])
def test_only_flat_objects_make_a_table(row: Any) -> None:
    with pytest.raises(SchemaMismatch):
        call(toolkit, "json_to_csv", {"rows": [row]})


def test_a_table_of_mostly_nothing_is_refused() -> None:
    called = call(toolkit, "json_to_csv", {"rows": [{str(number): 1} for number in range(1000)]})
    assert called.error_type == "too_large"
