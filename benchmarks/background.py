"""What a job costs: one tool, called inline and in the background in turn, by one client, on each database.

The installation is what `make run` starts: web and runtime, workers, beat. On PostgreSQL every commit waits for the
disk.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from benchmarks.measurement import Figure
from benchmarks.streamed_call import Answer, Caller
from benchmarks.targets import ROOT, TargetFailed, free_port, wait_until_ready
from tests.postgresql import PostgresqlMissing, PostgresqlServer

WARM_UP: Final = 30
CALLS: Final = 100
"""Of each kind in a round."""

TOOLKIT: Final = "[atrium.toolkits]\nsteps = benchmarks.steps_toolkit:toolkit\n"
PHASES: Final = (
    "asked → the job is being written",
    "→ a worker has claimed it",
    "→ the tool begins",
    "→ the tool has returned",
    "→ the end is being written",
    "→ the answer is there",
)


@dataclass(frozen=True, slots=True)
class Background:
    """On one database, in milliseconds: the medians of the rounds, inline and in the background, what the median of a
    round's jobs was above that of its inline calls, the jobs' p99, and the median of each of PHASES."""

    database: str
    inline: Figure
    background: Figure
    added: Figure
    p99: float
    phases: tuple[float, ...]


def measure_background(rounds: int) -> list[Background]:
    """Start an installation on each database in turn, ask, and stop it. Raises TargetFailed, CallFailed."""
    return [_measured(name, stores, rounds) for name, stores in DATABASES.items()]


def background_table(found: list[Background]) -> str:
    """In Markdown: what a job costs, then where the time goes."""
    costs = ["| database | inline p50 ms | background p50 ms | added ms | background p99 ms | first step | goal |"]
    costs += ["|---|---|---|---|---|---|---|"]
    for one in found:
        figures = " | ".join(f"{each.median:.2f} ({each.lowest:.2f}–{each.highest:.2f})" for each in _figures(one))
        costs.append(f"| {one.database} | {figures} | {one.p99:.2f} | ≤ 5 | ≤ 1.5 |")
    parts = [f"| of a job, p50 ms | {' | '.join(one.database for one in found)} |", "|---|" + "---|" * len(found)]
    for number, phase in enumerate(PHASES):
        parts.append(f"| {phase} | {' | '.join(f'{one.phases[number]:.2f}' for one in found)} |")
    return "\n".join([*costs, "", *parts])


def phases_of(answer: Answer, created: float, started: float, ended: float) -> list[float]:
    """The durations of PHASES for one job, in milliseconds; times are Unix time."""
    steps = answer.result["structuredContent"]
    moments = [answer.sent, created, started, steps["began"], steps["ended"], ended, answer.answered]
    return [(later - earlier) * 1000 for earlier, later in pairwise(moments)]


def _figures(one: Background) -> tuple[Figure, Figure, Figure]:
    return one.inline, one.background, one.added


@contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    try:
        server = PostgresqlServer()
    except PostgresqlMissing as missing:
        raise TargetFailed(str(missing)) from missing
    try:
        server.start(durable=True)
        server.execute(
            "CREATE ROLE bench_owner LOGIN CREATEROLE PASSWORD 'secret'", "CREATE DATABASE bench OWNER bench_owner"
        )
        urls = (server.url("bench_app", "bench"), server.url("bench_owner", "bench"))
        yield dict(zip(("DATABASE_URL", "MIGRATION_DATABASE_URL"), urls, strict=True))
    finally:
        server.stop()


DATABASES: Final[dict[str, Callable[[], Any]]] = {"SQLite": _sqlite, "PostgreSQL": _postgresql}


def _measured(database: str, stores: Callable[[], Any], rounds: int) -> Background:
    with tempfile.TemporaryDirectory() as folder, stores() as urls:
        port, directory = free_port(), Path(folder)
        environment = _environment(directory, port, urls)
        with _installation(environment, port, directory):
            seeded = _run(environment)
            caller = Caller(seeded["url"], seeded["api_key"])
            for number in range(WARM_UP):
                _pair(caller, f"warm-up {number}")
            found = [[_pair(caller, f"{turn}-{number}") for number in range(CALLS)] for turn in range(rounds)]
            caller.close()
            return _judged(database, found, _run(environment, "times"))


def _pair(caller: Caller, text: str) -> tuple[Answer, Answer]:
    return caller.call("inline", text), caller.call("background", text)


def _judged(database: str, found: list[list[tuple[Answer, Answer]]], times: dict[str, list[float]]) -> Background:
    inline = [median(inline.milliseconds for inline, _ in turn) for turn in found]
    background = [median(job.milliseconds for _, job in turn) for turn in found]
    added = [ours - theirs for ours, theirs in zip(background, inline, strict=True)]
    jobs = [job for turn in found for _, job in turn]
    phases = zip(*(phases_of(job, *times[job.result["_meta"]["io.atrium/job"]]) for job in jobs), strict=True)
    p99 = quantiles([job.milliseconds for job in jobs], n=100)[98]
    return Background(
        database, Figure.of(inline), Figure.of(background), Figure.of(added), p99, tuple(map(median, phases))
    )


def _environment(directory: Path, port: int, urls: dict[str, str]) -> dict[str, str]:
    """Of nothing but this measurement, with the toolkit that is called."""
    metadata = directory / "site" / "atrium_steps-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: atrium-steps\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(TOOLKIT, encoding="utf-8")
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}:{directory / 'site'}",
        "DJANGO_SETTINGS_MODULE": "control_plane.settings",
        "ATRIUM_DATA_DIR": str(directory / "data"),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **urls,
    }


@contextmanager
def _installation(environment: dict[str, str], port: int, directory: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "control_plane.supervisor", "--with-parent"]
    with (
        (directory / "run.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log) as process,
    ):
        try:
            wait_until_ready(port, process)
            yield
        except TargetFailed as failure:
            said = (directory / "run.log").read_text(encoding="utf-8", errors="replace")
            raise TargetFailed(f"{failure} It said: {said[-2000:]}") from failure
        finally:
            process.terminate()


def _run(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.background_seed", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TargetFailed(f"{' '.join(command[1:])} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
