"""An installation on SQLite whose processes are killed in the midst of writing: the file stays whole, and what somebody
was told is in it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests.chaos.installed import toolkit_installed
from tests.fixtures.database import database_copied
from tests.fixtures.store import ValkeyServer
from tests.fixtures.waiting import until
from tests.repository import PYTHON_PATH, ROOT, run

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]

KILLS = 50
WRITERS = 3
RANK = {"queued": 0, "running": 1, "completed": 2}


@pytest.fixture
def environment(
    tmp_path: Path, valkey: ValkeyServer, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> dict[str, str]:
    """An installation with its companies, of which no process runs yet."""
    database = tmp_path / "atrium.sqlite3"
    with django_db_blocker.unblock(), database_copied(database):  # type: ignore[attr-defined]
        pass
    return {
        "ATRIUM_DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": valkey.url,
        "SECRET_KEY": "the-storks-came-back-before-the-ice-was-gone",
        "PYTHONPATH": f"{PYTHON_PATH}:{toolkit_installed(tmp_path / 'site')}",
    }


@contextmanager
def writers(environment: dict[str, str], ledger: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that brings forth one that writes, for each line that it is sent."""
    prepared = run(sys.executable, "-m", "tests.chaos.prepare", **environment)
    assert prepared.returncode == 0, prepared.stderr
    command = (sys.executable, "-m", "tests.chaos.writer", json.dumps(json.loads(prepared.stdout)[0]["asker"]))
    inherited = {"PATH": os.environ["PATH"], **environment}
    with (ledger.with_suffix(".log").open("w") as log, subprocess.Popen(
        [*command, str(ledger)], cwd=ROOT, env=inherited, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
    ) as process):  # fmt: skip
        yield process
        process.kill()


def one_more(process: "subprocess.Popen[str]") -> int:
    """Its process number."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def lines(ledger: Path) -> list[dict[str, str]]:
    """What writers were told so far; a line that is being written just now is none yet."""
    return [json.loads(line) for line in ledger.read_text().split("\n")[:-1]] if ledger.exists() else []


def test_fifty_kills_in_the_midst_of_writing_lose_nothing_that_was_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ledger, random, clock = tmp_path / "ledger", Random(4), Event()  # noqa: S311
    with writers(environment, ledger) as process:
        alive = [one_more(process) for _ in range(WRITERS)]
        for _ in range(KILLS):
            told = len(lines(ledger))
            until(lambda told=told: len(lines(ledger)) > told, 30)
            clock.wait(random.uniform(0, 0.1))
            os.kill(alive.pop(random.randrange(WRITERS)), signal.SIGKILL)
            alive.append(one_more(process))

    told = lines(ledger)
    with closing(sqlite3.connect(tmp_path / "atrium.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        jobs = dict(database.execute("SELECT id, state FROM tenants_job").fetchall())
        calls = dict(database.execute("SELECT event_id, phase FROM tenants_call").fetchall())
    states = {entry["job"]: entry["state"] for entry in told}
    assert len(states) > KILLS
    kept = {job_id: jobs.get(job_id.replace("-", "")) for job_id in states}
    assert {job_id: state for job_id, state in kept.items() if RANK.get(state or "", -1) < RANK[states[job_id]]} == {}
    assert {job_id for job_id in states if job_id not in calls} == set()
    ended = {job_id for job_id, state in kept.items() if state == "completed"}
    assert {job_id for job_id in ended if calls[job_id] != "outcome"} == set()
