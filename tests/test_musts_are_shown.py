"""docs/conformance.md and the tests agree on what shows which MUST of the specification."""

import ast
import re
from collections import defaultdict
from typing import Final

import pytest

from tests.repository import python_files, read, syntax_tree

PAGE: Final = "docs/conformance.md"
NOT_OURS: Final = re.compile(r"not ours: \S.*")


def rows(page: str) -> dict[str, str]:
    """What shows each requirement, as the page says it. Raises AssertionError where an id is there twice."""
    found = re.findall(r"^\| (MUST-\d\d[a-z]?(?:\.\d+)?) \| [^|]+ \| [^|]+ \| ([^|]+?) \|$", page, re.MULTILINE)
    assert len(found) == len(re.findall(r"^\| MUST-", page, re.MULTILINE)), "a row is not written like the others"
    assert len(dict(found)) == len(found), "an id is there twice"
    return dict(found)


def named_files(cell: str) -> set[str]:
    """The files of the last cell of a row."""
    return set(re.findall(r"`(tests/[\w/]+\.py)`", cell))


def marks(source: str) -> set[str]:
    """The ids that the tests of a source carry. Raises AssertionError where anything else has one, or a test that may
    be skipped or is expected to fail: they show nothing."""
    tree = syntax_tree(source)
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    marked = {test: calls for test in tests if test.name.startswith("test_") and (calls := _marks(test))}
    assert sum(map(len, marked.values())) == sum(_is_mark(node) for node in ast.walk(tree)), "must() is for tests alone"
    doubtful = [test.name for test in marked if re.search(r"pytest\.(mark\.)?(skip|skipif|xfail)\b", ast.unparse(test))]
    assert not doubtful, f"they may not run, so they show nothing: {', '.join(doubtful)}"
    return {ast.literal_eval(argument) for calls in marked.values() for call in calls for argument in call.args}


def _marks(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    return [each for each in test.decorator_list if isinstance(each, ast.Call) and _is_mark(each.func)]


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.must"


def shown() -> dict[str, set[str]]:
    """The files of the tests that show each requirement."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in python_files("tests"):
        if name.rpartition("/")[2].startswith("test_") and "@pytest.mark.must(" in (source := read(name)):
            for number in marks(source):
                found[number].add(name)
    return dict(found)


def test_every_requirement_is_shown_by_the_tests_that_the_page_names() -> None:
    ours = {number: cell for number, cell in rows(read(PAGE)).items() if not NOT_OURS.fullmatch(cell)}
    assert len(ours) > 80
    assert {number: named_files(cell) for number, cell in ours.items()} == shown()


def test_nothing_is_said_of_a_test_but_where_it_is() -> None:
    for number, cell in rows(read(PAGE)).items():
        is_list = re.fullmatch(r"`[^`]+`(, `[^`]+`)*", cell)
        assert is_list or NOT_OURS.fullmatch(cell), number


MARK: Final = '@pytest.mark.must("MUST-01", "MUST-05a.2")\n'
ROW: Final = "| MUST-01 | What. | Where. | `tests/test_x.py` |\n"


def test_markers_and_rows_are_found() -> None:
    assert marks(f"{MARK}async def test_it() -> None: ...") == {"MUST-01", "MUST-05a.2"}
    assert rows(ROW) == {"MUST-01": "`tests/test_x.py`"}


@pytest.mark.parametrize(
    "source",
    [
        f"{MARK}def helper() -> None: ...",
        f"@pytest.mark.skip\n{MARK}def test_it() -> None: ...",
        f"{MARK}def test_it() -> None:\n    pytest.skip('not today')",
        f"pytestmark = {MARK[1:]}",
    ],
)
def test_a_marker_that_shows_nothing_is_noticed(source: str) -> None:
    with pytest.raises(AssertionError):
        marks(source)


@pytest.mark.parametrize("page", [ROW + ROW, "| MUST-1 | What. | Where. | x |\n", "| MUST-01 | What. | x |\n"])
def test_a_row_that_is_not_written_like_the_others_is_noticed(page: str) -> None:
    with pytest.raises(AssertionError):
        rows(page)
