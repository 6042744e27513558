"""A document that names a file names one that exists."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.repository import ROOT, files, read

DOCUMENTS: Final = [name for name in files() if name.endswith(".md")]
TOP: Final = {name.split("/")[0] for name in files()}
MADE_WHEN_RUN: Final = {".venv", ".data", ".cache", ".env"}


def named_paths(text: str) -> set[str]:
    """The paths that a document names: in backticks, starting with an entry of the root, and the relative links."""
    quoted = re.findall(r"`([\w.@*{},/-]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return {path.rstrip("/") for path in quoted if path.split("/")[0] in TOP}


def links(text: str) -> set[str]:
    """The targets of the relative links of a document, without their fragments."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return {target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)}


def missing(root: Path, document: str, text: str) -> list[str]:
    """The paths and links of a document that lead nowhere."""
    paths = [path for path in named_paths(text) if path not in MADE_WHEN_RUN and not any(root.glob(path))]
    return sorted([*paths, *(link for link in links(text) if not (root / document).parent.joinpath(link).exists())])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_named_file_exists(document: str) -> None:
    assert missing(ROOT, document, read(document)) == []


def test_a_name_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    text = "See `tests/nothing_here.py`, `tests/`, [this](gone.md#part), [that](https://atrium.example) and `make run`."
    (tmp_path / "tests").mkdir()
    assert missing(tmp_path, "README.md", text) == ["gone.md", "tests/nothing_here.py"]
