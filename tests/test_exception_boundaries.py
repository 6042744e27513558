"""Catching everything is allowed in the listed places only: there, a surprise becomes an answer and a log line."""

import ast
from typing import Final

from tests.repository import PACKAGES, python_files, read, syntax_tree

BOUNDARIES: Final = {
    "mcp_runtime/boundary.py": 2,  # around a tool or a request, and around the first step of a tool
    "mcp_runtime/toolkits/discovery.py": 1,  # around the import of a package that somebody else wrote
    "tests/mcp_runtime/asking_toolkit.py": 1,  # what an author may write, and must not keep a call from ending
}
"""How many times each listed file catches everything. A listed file that does not is stale, and fails too."""

CATCHES_ALL: Final = {"Exception", "BaseException"}


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"Exception"}
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def broad_handlers(source: str) -> int:
    """How often the source catches everything, by `except` or by `suppress`."""
    tree = list(ast.walk(syntax_tree(source)))
    handlers = [node for node in tree if isinstance(node, ast.ExceptHandler) and _names(node.type) & CATCHES_ALL]
    calls = [node for node in tree if isinstance(node, ast.Call) and "suppress" in ast.unparse(node.func)]
    return len(handlers) + len(
        [call for call in calls if any(_names(argument) & CATCHES_ALL for argument in call.args)]
    )


def test_everything_is_caught_only_at_the_boundaries() -> None:
    names = [*python_files(*PACKAGES, "tests", "benchmarks"), "manage.py"]
    found = {name: broad_handlers(read(name)) for name in names}
    assert {name: count for name, count in found.items() if count} == BOUNDARIES


def test_every_way_to_catch_everything_is_seen() -> None:
    for clause in ("except:", "except Exception:", "except BaseException as error:", "except (ValueError, Exception):"):
        assert broad_handlers(f"try:\n    pass\n{clause}\n    pass\n") == 1, clause
    assert broad_handlers("with contextlib.suppress(Exception):\n    pass\n") == 1
    assert broad_handlers("try:\n    pass\nexcept (ValueError, KeyError):\n    pass\n") == 0
