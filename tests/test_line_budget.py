"""Files stay short enough to read, functions short enough to see."""

import ast
from math import ceil
from statistics import median
from typing import Final

from tests.repository import python_files, read, syntax_tree

LONGEST_FILE: Final = 300
MEDIAN_FILE: Final = 80
NINETIETH_PERCENTILE: Final = 200
LONGEST_FUNCTION: Final = 40
GENERATED: Final = ("tenants/migrations/",)


def long_functions(source: str) -> list[str]:
    """The functions that are longer than the budget, decorators not counted."""
    nodes = [node for node in ast.walk(syntax_tree(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    spans = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in nodes]
    return [f"{name}: {lines} lines" for name, lines in spans if lines > LONGEST_FUNCTION]


def budget_overruns(lengths: dict[str, int]) -> list[str]:
    """What a set of file lengths breaks: the cap of each file, the median and the ninetieth percentile of all."""
    ordered = sorted(lengths.values())
    found = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_FILE]
    if median(ordered) > MEDIAN_FILE:
        found.append(f"median: {median(ordered)} lines")
    if ordered[ceil(0.9 * len(ordered)) - 1] > NINETIETH_PERCENTILE:
        found.append(f"ninetieth percentile: {ordered[ceil(0.9 * len(ordered)) - 1]} lines")
    return found


def hand_written() -> dict[str, str]:
    sources = {name: read(name) for name in python_files() if not name.startswith(GENERATED)}
    return {name: source for name, source in sources.items() if source.strip()}


def test_files_keep_to_the_budget() -> None:
    assert budget_overruns({name: source.count("\n") for name, source in hand_written().items()}) == []


def test_functions_keep_to_the_budget() -> None:
    found = {name: long_functions(source) for name, source in hand_written().items()}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_overruns_are_reported() -> None:
    assert budget_overruns({"a": 301, "b": 10, "c": 10}) == ["a: 301 lines", "ninetieth percentile: 301 lines"]
    assert budget_overruns({"a": 81, "b": 81}) == ["median: 81.0 lines"]
    body = "\n".join(["    pass"] * 40)
    assert long_functions(f"async def long():\n{body}\n") == ["long: 41 lines"]
    assert long_functions(f"def fits():\n{body[9:]}\n") == []
