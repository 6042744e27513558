"""What the Connect page shows is what a person runs: programs and lines that need no other client, just as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from control_plane.connect.blocks import Command, File
from control_plane.connect.catalogue import client_of
from control_plane.connect.set_up import Auth
from control_plane.connect.target import Target
from tests.fixtures.live import Live
from tests.fixtures.node import NODE_FOLDER

PATIENCE_SECONDS = 60


def set_up(live: Live, client: str) -> tuple[list[str], str]:
    """The commands of a client's set-up with a key, and its program."""
    endpoint = live.endpoint("demo")
    blocks = client_of(client).blocks(Target(endpoint.url, "demo"), Auth.KEY, endpoint.api_key)
    commands = [block.text for block in blocks if isinstance(block, Command)]
    programs = [block.text for block in blocks if isinstance(block, File)]
    return commands, programs[0] if programs else ""


def run(script: str, folder: Path) -> str:
    """Run in a shell; what it printed. Raises CalledProcessError."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(commands: list[str]) -> str:
    """The line that sets the key, without the one that installs what is installed."""
    return commands[0].splitlines()[1]


def test_curl(live: Live, tmp_path: Path) -> None:
    (line,), _ = set_up(live, "curl")
    assert '"name":"text_statistics"' in run(line, tmp_path)


def test_the_python_program(live: Live, tmp_path: Path) -> None:
    commands, program = set_up(live, "python")
    (tmp_path / "list_tools.py").write_text(program)
    printed = run(f"{exported(commands)}\n{sys.executable} list_tools.py", tmp_path)
    assert "text_statistics" in printed.split()


@pytest.mark.usefixtures("node")
def test_the_typescript_program(live: Live, tmp_path: Path) -> None:
    commands, program = set_up(live, "typescript")
    (tmp_path / "list-tools.mjs").write_text(program)
    (tmp_path / "node_modules").symlink_to(NODE_FOLDER / "node_modules")
    printed = run(f"{exported(commands)}\n{NODE_FOLDER}/bin/node list-tools.mjs", tmp_path)
    assert "text_statistics" in printed.split()


@pytest.mark.usefixtures("node")
def test_the_inspectors_line(live: Live, tmp_path: Path) -> None:
    (line,), _ = set_up(live, "inspector")
    program = NODE_FOLDER / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    line = line.replace("npx -y @modelcontextprotocol/inspector", f"{NODE_FOLDER}/bin/node {program}")
    assert "text_statistics" in run(line, tmp_path)
