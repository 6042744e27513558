"""The migrations say what the models say."""

from pathlib import Path

from tests.repository import BINARIES, run


def test_no_model_has_changed_without_its_migration(tmp_path: Path) -> None:
    finished = run(
        str(BINARIES / "python"), "manage.py", "makemigrations", "--check", "--dry-run", ATRIUM_DATA_DIR=str(tmp_path)
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "No changes detected" in finished.stdout
