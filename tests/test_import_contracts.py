"""The packages depend on each other in one direction; the contracts themselves are in pyproject.toml."""

import shutil
from pathlib import Path

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


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("mcp_runtime/edge", "django.db", "mcp_runtime is free of Django, the ORM and SQL"),
        ("mcp_runtime/wire", "tenants", "control_plane over tenants over mcp_runtime"),
        ("tenants", "mcp_runtime.edge", "tenants knows of the runtime only the contract"),
        ("tenants", "mcp_runtime.boundary", "tenants knows of the runtime only the contract"),
        (
            "tenants/models",
            "tenants.services",
            "tenants: doors over services over publishing over selectors over models",
        ),
        ("mcp_runtime/contract", "mcp_runtime.wire", "one direction inside the runtime"),
        ("mcp_runtime/calls", "mcp_runtime.edge", "one direction inside the runtime"),
        ("egress", "mcp_runtime.contract", "egress may be used by all, and uses none"),
        ("egress", "django.conf", "egress may be used by all, and uses none"),
    ],
)
def test_a_forbidden_import_is_reported(tmp_path: Path, importer: str, imported: str, contract: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / importer / "planted.py").write_text(f"import {imported}\n")

    code, report = lint_imports(tmp_path)

    assert code == 1, report
    assert f"{contract} BROKEN" in report
