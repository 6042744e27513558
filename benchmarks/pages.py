"""How long the web process takes for each page of a busy company.

A process of its own under uvicorn, SQLite and Valkey as in an embedded installation; one browser over one connection.
"""

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from benchmarks.processes import cpu_milliseconds, listener
from benchmarks.scale import bench_store
from benchmarks.targets import ROOT, TargetFailed, free_port, wait_until_ready

WARM_UP: Final = 3
TIMES: Final = 30
GOAL_MS: Final = 100.0
TOOLKIT: Final = "[atrium.toolkits]\ndesk = benchmarks.desk_toolkit:toolkit\n"


class PageFailed(Exception):  # noqa: N818 - reads as what happened
    """A page was not answered with 200, or with its redirect."""


@dataclass(frozen=True, slots=True)
class PageTime:
    """One page: milliseconds from the request to the last byte of its answer, milliseconds of processor time that the
    web process took for it, and its size in kB."""

    name: str
    p50: float
    p95: float
    processor_p50: float
    processor_p95: float
    kilobytes: float


def measure_pages() -> list[PageTime]:
    """Seed, start, ask for every page in turn, and stop. Raises TargetFailed, PageFailed."""
    with tempfile.TemporaryDirectory() as folder, bench_store(Path(folder)) as (redis_url, _):
        port, directory = free_port(), Path(folder)
        environment = _environment(directory, port, redis_url)
        seeded = _seed(environment)
        with _web(environment, port, directory / "web.log") as process:
            browser = http.client.HTTPConnection("127.0.0.1", port)
            timed = [_timed(browser, process, seeded["cookie"], *page) for page in seeded["pages"].items()]
            browser.close()
    return sorted(timed, key=lambda page: page.processor_p95, reverse=True)


def pages_table(pages: list[PageTime]) -> str:
    """The slowest first, in Markdown."""
    lines = ["| page, below `/app/<tenant>` | p50/p95 ms | CPU p50/p95 ms | kB |", "|---|---|---|---|"]
    rows = [
        f"| `{page.name}` | {page.p50:.1f} / {page.p95:.1f} | {page.processor_p50:.1f} / {page.processor_p95:.1f} "
        f"| {page.kilobytes:.0f} |"
        for page in pages
    ]
    over = sum(page.p95 >= GOAL_MS for page in pages)
    return "\n".join([*lines, *rows, "", f"{len(pages)} pages; {over} with a p95 of {GOAL_MS:.0f} ms or more."])


def _environment(directory: Path, port: int, redis_url: str) -> dict[str, str]:
    """Of nothing but this measurement, with a toolkit that large servers are made of."""
    metadata = directory / "site" / "atrium_desk-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: atrium-desk\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(TOOLKIT, encoding="utf-8")
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}:{directory / 'site'}",
        "DJANGO_SETTINGS_MODULE": "control_plane.settings",
        "ATRIUM_DATA_DIR": str(directory),
        "SECRET_KEY": "for-a-measurement-on-this-machine-alone",
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


def _seed(environment: dict[str, str]) -> Any:
    command = [sys.executable, "-m", "benchmarks.pages_seed"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TargetFailed(f"The busy company could not be made: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _web(environment: dict[str, str], port: int, errors: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "control_plane.serve", "web", "--port", str(port), "--with-parent"]
    with (
        errors.open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log) as process,
    ):
        try:
            wait_until_ready(port, process)
            yield listener(port) or process.pid
        finally:
            process.terminate()


def _timed(browser: http.client.HTTPConnection, process: int, cookie: str, name: str, path: str) -> PageTime:
    for _ in range(WARM_UP):
        size = _asked(browser, cookie, path)
    times, used = [], []
    for _ in range(TIMES):
        began, before = perf_counter(), cpu_milliseconds(process)
        _asked(browser, cookie, path)
        times.append((perf_counter() - began) * 1000)
        used.append(cpu_milliseconds(process) - before)
    return PageTime(name, median(times), _p95(times), median(used), _p95(used), size / 1000)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18]


def _asked(browser: http.client.HTTPConnection, cookie: str, path: str) -> int:
    browser.request("GET", path, headers={"Cookie": cookie})
    answer = browser.getresponse()
    body = answer.read()
    if answer.status not in (200, 302):
        raise PageFailed(f"{path} was answered with {answer.status}.")
    return len(body)
