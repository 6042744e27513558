"""docs/operations.md says of every metric what it counts, and speaks of no other."""

import ast
import re

from tests.repository import python_files, read, syntax_tree


def metrics(source: str) -> set[str]:
    """The names of metrics that a source has as strings or as the names of arguments."""
    nodes = list(ast.walk(syntax_tree(source)))
    names = [node.value for node in nodes if isinstance(node, ast.Constant)]
    names += [node.arg for node in nodes if isinstance(node, ast.keyword)]
    return {name for name in names if isinstance(name, str) and re.fullmatch(r"atrium_[a-z_]+", name)}


def documented() -> set[str]:
    section = read("docs/operations.md").split("\n## Metrics\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`atrium_.*?) \|", section, re.MULTILINE)
    return {name.removesuffix("_total") for cell in cells for name in re.findall(r"atrium_[a-z_]+", cell)}


def test_every_metric_is_documented() -> None:
    assert documented() == set().union(
        *(metrics(read(name)) for name in python_files("mcp_runtime", "platform/control_plane/health"))
    )


def test_metrics_are_found() -> None:
    assert metrics('a = {"atrium_x_seconds": 1}\nb = dict(atrium_y=1)\nc = "atrium:key"\nd = "about atrium_z"') == {
        "atrium_x_seconds",
        "atrium_y",
    }
