"""docs/toolkits.md, followed to the letter: files written, commands run, tests passed, the toolkit found."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mcp_runtime.toolkits.installing import OFFLINE, ran
from tests.repository import ROOT, read

GUIDE = "docs/toolkits.md"
BLOCK = re.compile(
    r'^ *```(?P<language>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<body>.*?)^ *```$', re.MULTILINE | re.DOTALL
)
NOT_RUN = {"dockerfile"}
"""Needs an image of Atrium, which a test of the deployment builds."""

DISCOVER = """
from mcp_runtime.toolkits.registry import ToolkitRegistry
found = ToolkitRegistry.discover()
assert not found.problems, found.problems
print(*(definition.name for definition in found.definitions() if definition.toolkit == "weather"))
"""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code; `file` is what it is a part of, empty for commands."""

    language: str
    file: str
    body: str


def blocks() -> list[Block]:
    """The guide's blocks, in their order."""
    return [Block(found["language"], found["file"] or "", found["body"]) for found in BLOCK.finditer(read(GUIDE))]


def commands() -> list[str]:
    """What the guide has a reader type."""
    return [block.body for block in blocks() if block.language == "sh"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the guide, each put together of its blocks."""
    folder = tmp_path_factory.mktemp("atrium-weather")
    for block in blocks():
        if block.file:
            file = folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as text:
                text.write(f"{block.body}\n")
    return folder


@pytest.fixture(scope="module")
def atrium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of an installation: its packages, and the interpreter that runs these tests."""
    folder = tmp_path_factory.mktemp("atrium")
    for package in ("mcp_runtime", "egress"):
        (folder / package).symlink_to(ROOT / package)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return folder


def test_every_block_is_a_file_or_a_command() -> None:
    assert len(blocks()) == read(GUIDE).count("```") // 2
    assert [block for block in blocks() if not block.file and block.language not in {"sh", *NOT_RUN}] == []


def test_the_guide_leads_to_an_installed_toolkit_that_passes_its_tests(project: Path, atrium: Path) -> None:
    site = project / "site"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "ATRIUM": str(atrium),
        "PYTHONDONTWRITEBYTECODE": "1",
        # What keeps pip off the network, and this environment as it is.
        **{"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_TARGET": str(site)},
    }
    for command in commands():
        finished = subprocess.run(
            ["sh", "-eu", "-c", command], cwd=project, env=environment, capture_output=True, text=True, timeout=240
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
    found = ran(project, "pip", "list", *OFFLINE[-1:], "--path", str(site))
    assert "atrium-weather" in found.stdout, found.stderr
    discovered = subprocess.run(
        [sys.executable, "-c", DISCOVER],
        env={**environment, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert discovered.stdout.split() == ["forecast", "radar", "average", "here", "poem", "subscribe", "measure"]


def test_the_image_that_the_guide_builds_on_is_the_one_that_is_deployed() -> None:
    (image,) = {block.body.split()[1] for block in blocks() if block.language == "dockerfile"}
    assert f"${{ATRIUM_IMAGE:-{image}}}" in read("docker-compose.yml")
