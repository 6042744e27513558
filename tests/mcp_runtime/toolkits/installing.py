"""Packages of authors, as pip installs them: offline, from a copy, into a folder of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.repository import ROOT

OFFLINE = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")


def copied(project: Path, folder: Path) -> Path:
    """A copy of a project, in which building may leave what it likes."""
    return shutil.copytree(project, folder / project.name, ignore=shutil.ignore_patterns("__pycache__"))


def installed(project: Path, folder: Path) -> Path:
    """Where the project is installed: a folder to put on the path."""
    site = folder / "site"
    finished = ran(project, "pip", "install", *OFFLINE, "--target", str(site), ".")
    assert finished.returncode == 0, finished.stderr
    return site


def ran(project: Path, module: str, *arguments: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    """A module of Python, run in the project with nothing of this process's but PATH and HOME."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env={**inherited, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def run_own_tests(project: Path, site: Path) -> None:
    """Run the project's own tests on what is installed; fails with what they say."""
    finished = ran(project, "pytest", "-q", "-p", "no:cacheprovider", path=os.pathsep.join([str(site), str(ROOT)]))
    assert finished.returncode == 0, finished.stdout + finished.stderr
