"""A public installation serves files under names with their hash, and what they name one another by has it, too."""

import re
import sys
from pathlib import Path

import pytest

from tests.repository import run

HASH = r"\.[0-9a-f]{12}\."


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image holds, collected as the Dockerfile does."""
    data_dir = tmp_path_factory.mktemp("data")
    made = run(
        *(sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"),
        ATRIUM_DATA_DIR=str(data_dir),
        PUBLIC_URL="https://build.invalid",
        SECRET_KEY="collecting-static-files",
    )
    assert made.returncode == 0, made.stderr
    return data_dir / "static" / "control_plane"


def named_by(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    return re.findall(r'(?:from\s*|import\s*)"(\./[^"]+)"', text) + re.findall(r"url\([\"']?(\./[^\"')]+)", text)


def test_modules_and_sheets_name_hashed_files_that_exist(collected: Path) -> None:
    hashed = [path for path in collected.rglob("*") if re.search(HASH + "(js|css)$", path.name)]
    names = [(path, name) for path in hashed for name in named_by(path)]
    assert len(names) > 10
    assert [name for path, name in names if not re.search(HASH, name) or not (path.parent / name).is_file()] == []
