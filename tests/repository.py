"""What the guards look at: the files of this repository, and fresh processes started from its root."""

import ast
import gc
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BINARIES: Final = Path(sys.executable).parent
PACKAGES: Final = ("platform/control_plane", "tenants", "mcp_runtime", "egress")
PYTHON_PATH: Final = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"


@cache
def files() -> tuple[str, ...]:
    """Every file of the working tree that git does not ignore, as a path relative to the root."""
    listing = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({name for name in names if name and (ROOT / name).is_file()}))


def python_files(*folders: str) -> list[str]:
    """The Python files, all of them or those below the folders."""
    found = [name for name in files() if name.endswith(".py")]
    return [name for name in found if name.startswith(tuple(f"{folder}/" for folder in folders))] if folders else found


def read(name: str) -> str:
    """The text of one file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def syntax_tree(source: str) -> ast.Module:
    """The parsed source. Nothing is collected meanwhile: a finalizer that writes a traceback parses too, and CPython
    3.11 then calls the outer parse an error (gh-106905)."""
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run to its end in a fresh process that inherits nothing of this one's environment but PATH and HOME."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=cwd, env={**inherited, **environment}, capture_output=True, text=True, check=False, timeout=120
    )
