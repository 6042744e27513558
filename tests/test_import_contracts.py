"""The packages depend on each other in one direction; the contracts themselves are in pyproject.toml."""

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.repository import BINARIES, PACKAGES, ROOT, run


def lint_imports(root: Path) -> tuple[int, str]:
    """Check the contracts of a tree in a fresh process; returns the exit code and the report."""
    path = f"{root}:{root / 'platform'}"
    finished = run(str(BINARIES / "lint-imports"), "--no-cache", cwd=root, PYTHONPATH=path)
    return finished.returncode, finished.stdout + finished.stderr


def test_every_contract_is_kept() -> None:
    code, report = lint_imports(ROOT)
    assert code == 0, report
    assert " 0 broken" in report


PLANTED: Final = (
    ("mcp_runtime/edge", "django.db", "mcp_runtime is free of Django, the ORM and SQL"),
    ("mcp_runtime/wire", "tenants", "control_plane over tenants over mcp_runtime"),
    ("tenants", "mcp_runtime.edge", "tenants knows of the runtime only the contract"),
    ("tenants", "mcp_runtime.boundary", "tenants knows of the runtime only the contract"),
    ("tenants/models", "tenants.services", "tenants: doors over services over publishing over selectors over models"),
    ("mcp_runtime/contract", "mcp_runtime.wire", "one direction inside the runtime"),
    ("mcp_runtime/calls", "mcp_runtime.edge", "one direction inside the runtime"),
    ("egress", "mcp_runtime.contract", "egress may be used by all, and uses none"),
    ("egress", "django.conf", "egress may be used by all, and uses none"),
)
"""Which package imports what it must not, and the contract that says so."""


def planted(number: int) -> str:
    """The module of a forbidden import."""
    return f"planted_{number}"


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of a tree with all of them, by contract."""
    root = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for number, (importer, imported, _) in enumerate(PLANTED):
        (root / importer / f"{planted(number)}.py").write_text(f"import {imported}\n")
    code, report = lint_imports(root)
    assert code == 1, report
    sections = re.split(r"^(.+)\n-+\n", report.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(sections[1::2], sections[2::2], strict=True))


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=lambda number: " ".join(PLANTED[number][:2]))
def test_a_forbidden_import_is_reported(complaints: dict[str, str], number: int) -> None:
    importer, imported, contract = PLANTED[number]
    module, package = f"{importer.replace('/', '.')}.{planted(number)}", imported.split(".")[0]
    assert re.search(rf"\b{re.escape(module)} -> {package}\b", complaints[contract])
