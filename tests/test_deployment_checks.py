"""`manage.py check --deploy` is the runbook: silent for a sound installation, and it names each mistake."""

from pathlib import Path
from secrets import token_urlsafe
from subprocess import CompletedProcess

import pytest

from tests.repository import BINARIES, run

SOUND = {
    "PUBLIC_URL": "https://atrium.example",
    "DATABASE_URL": "postgres://atrium_app:secret@database.example/atrium",
    "MIGRATION_DATABASE_URL": "postgres://atrium_owner:secret@database.example/atrium",
    "REDIS_URL": "rediss://:secret@redis.example:6380/0",
    "EMAIL_URL": "smtp+tls://mailer:secret@mail.example:587",
    "METRICS_TOKEN": token_urlsafe(32),
    "SECRET_KEY": token_urlsafe(50),
}


def check(data_dir: Path, **changes: str) -> CompletedProcess[str]:
    """Check a production-like installation in which some settings are different."""
    environment = {**SOUND, "ATRIUM_DATA_DIR": str(data_dir), **changes}
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    return run(str(BINARIES / "python"), *command, **environment)


def test_a_sound_installation_has_nothing_to_say(tmp_path: Path) -> None:
    finished = check(tmp_path)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "no issues" in finished.stdout


@pytest.mark.parametrize(
    ("changes", "complaints"),
    [
        (
            {
                "PUBLIC_URL": "http://atrium.example",
                "SECRET_KEY": "a" * 60,
                "DATABASE_URL": "sqlite:////nonexistent/atrium.sqlite3",
                "METRICS_TOKEN": "short",
                "REDIS_URL": "redis://redis.example:6379/0",
                "EMAIL_URL": "console:",
            },
            {"atrium.E001", "atrium.E002", "atrium.E003", "atrium.E007", "atrium.E008", "atrium.E009"},
        ),
        ({"MIGRATION_DATABASE_URL": SOUND["DATABASE_URL"]}, {"atrium.E004"}),
        ({"SECRET_KEY": ""}, {"SECRET_KEY is not set"}),
        ({"PUBLIC_URL": "https://atrium.example/path"}, {"PUBLIC_URL"}),
    ],
    ids=["everything", "one database role", "no secret", "a path in the base URL"],
)
def test_every_mistake_is_named(tmp_path: Path, changes: dict[str, str], complaints: set[str]) -> None:
    finished = check(tmp_path, **changes)
    assert finished.returncode != 0
    assert {complaint for complaint in complaints if complaint in finished.stdout + finished.stderr} == complaints
