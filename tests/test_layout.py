"""`platform/` is a source root: the standard library's module of that name stays reachable in every process."""

import os
import shutil
from pathlib import Path

import pytest

from tests.repository import BINARIES, PYTHON_PATH, ROOT, run

READS_THE_STANDARD_MODULE = "import platform; assert platform.system(), platform"


def test_the_source_root_holds_one_package_and_no_module() -> None:
    entries = {entry.name for entry in (ROOT / "platform").iterdir() if entry.name != "__pycache__"}
    assert entries == {"README.md", "control_plane"}
    assert (ROOT / "platform" / "control_plane" / "__init__.py").is_file()


@pytest.mark.parametrize(
    "command",
    [
        ("python", "-c", READS_THE_STANDARD_MODULE),
        ("python", "manage.py", "check"),
        ("celery", "-A", "control_plane", "report"),
        (
            "python",
            "-c",
            f"import uvicorn.main, control_plane.asgi, control_plane.runtime_asgi; {READS_THE_STANDARD_MODULE}",
        ),
    ],
    ids=["interpreter", "manage.py", "celery", "uvicorn"],
)
def test_a_fresh_process_finds_the_standard_module(command: tuple[str, ...], tmp_path: Path) -> None:
    # manage.py puts the source root on the path by itself; the others get it as the Dockerfile and the Makefile do.
    path = {} if "manage.py" in command else {"PYTHONPATH": PYTHON_PATH}
    finished = run(str(BINARIES / command[0]), *command[1:], ATRIUM_DATA_DIR=str(tmp_path), **path)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_uvicorn_serves_from_the_repository_root(tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text(f"{READS_THE_STANDARD_MODULE}\nraise SystemExit(platform.system())\n")
    path = os.pathsep.join([PYTHON_PATH, str(tmp_path)])
    finished = run(str(BINARIES / "uvicorn"), "answer:application", "--port", "0", PYTHONPATH=path)
    assert "Linux" in finished.stderr or "Darwin" in finished.stderr, finished.stderr


def test_a_package_named_platform_would_be_noticed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "platform", tmp_path / "platform", ignore=shutil.ignore_patterns("__pycache__"))
    assert run(str(BINARIES / "python"), "-c", READS_THE_STANDARD_MODULE, cwd=tmp_path).returncode == 0

    (tmp_path / "platform" / "__init__.py").touch()

    finished = run(str(BINARIES / "python"), "-c", READS_THE_STANDARD_MODULE, cwd=tmp_path)
    assert finished.returncode == 1
    assert "has no attribute 'system'" in finished.stderr
