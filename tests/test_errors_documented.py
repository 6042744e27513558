"""docs/errors.md says of every error what the code says, and of nothing else."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from control_plane.api.errors import STATUS
from mcp_runtime.wire.errors import TABLE
from tests.repository import python_files, read, syntax_tree

NEVER_OVER_HTTP: Final = {"refused", "demo_refused"}
"""The base class's own, and what `manage.py seed_demo` says where there is no demo."""


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading, by their first cell."""
    section = read("docs/errors.md").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:3] == "| `"
    ]
    return {row[0].strip("`"): row[1:] for row in cells}


def named(source: str, *functions: str) -> Iterator[str]:
    """The names that a source gives to refusals or failures, as the first argument of these functions."""
    for node in ast.walk(syntax_tree(source)):
        match node:
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(function).split(".")[-1] in functions:
                    yield name


def either(modern: int, legacy: int) -> str:
    return ", ".join(map(str, dict.fromkeys((modern, legacy))))


def all_named(*functions: str) -> set[str]:
    return {name for path in python_files("mcp_runtime") for name in named(read(path), *functions)}


def test_the_page_has_every_refusal_with_its_code_and_statuses() -> None:
    documented = {name: (cells[0], cells[1]) for name, cells in rows("MCP: refusals").items()}
    expected = {
        name: (either(row.code, row.legacy_code or row.code), either(row.modern_status, row.legacy_status))
        for name, row in TABLE.items()
    }
    assert documented == expected


def test_every_refusal_in_the_code_has_a_row() -> None:
    used = all_named("refuse", "Refusal")
    assert used
    assert used <= set(TABLE)


def test_the_page_has_every_kind_of_failed_result() -> None:
    assert set(rows("MCP: results that say what failed")) == all_named("failed")


def codes(source: str) -> set[str]:
    """The codes of the error classes that a source defines."""
    bodies = [
        node.body for node in ast.walk(syntax_tree(source)) if isinstance(node, ast.ClassDef) and "Error" in node.name
    ]
    statements = [
        statement for body in bodies for statement in body if isinstance(statement, ast.Assign | ast.AnnAssign)
    ]
    named_code = [node for node in statements if ast.unparse(node).split("=")[0].split(":")[0].strip() == "code"]
    return {node.value.value for node in named_code if isinstance(node.value, ast.Constant)}


def test_the_page_has_every_type_of_the_management_api_with_its_status() -> None:
    documented = {name: cells[0] for name, cells in rows("Management API").items()}
    assert documented == {name: str(status) for name, status in STATUS.items()}


def test_every_code_of_the_services_has_a_status() -> None:
    defined = set().union(*(codes(read(name)) for name in python_files("tenants", "platform/control_plane")))
    assert defined - NEVER_OVER_HTTP == defined & set(STATUS)


def test_codes_are_found_wherever_they_are_defined() -> None:
    source = (
        'class AError(Base):\n    code: ClassVar[str] = "a"\nclass BError(Base):\n    code = "b"\n    other = "c"\n'
    )
    assert codes(source) == {"a", "b"}


def test_names_are_found_however_they_are_called() -> None:
    source = 'raise refuse("a", "b")\nrefusals.Refusal("c", "d")\nfailed(kind, "e")\nother("f")'
    assert list(named(source, "refuse", "Refusal")) == ["a", "c"]


@pytest.mark.must("MUST-05a.3", "MUST-05a.4")
def test_every_code_of_the_table_is_outside_the_range_that_the_specification_reserves() -> None:
    assigned = {-32020, -32021, -32022}
    reserved = {row.code for row in TABLE.values() if -32099 <= row.code <= -32000}
    assert reserved <= assigned
