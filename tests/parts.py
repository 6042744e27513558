"""`python -m tests.parts [NAME …]`: the parts of the tests, each in a run of pytest of its own, in order.

What a part needs is brought by its scripts in tests/setup. A part whose needs can't be met is named at the end, and
is a failure where CI=true.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import IO, Any, Final

from tests.repository import ROOT

RESULTS: Final = ROOT / ".cache" / "tests"
COUNTS: Final = ("tests", "failures", "errors", "skipped")
AT_MOST_SECONDS: Final = 20 * 60
"""What any one part may take."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the tests. `paths` are pytest's arguments, `needs` scripts of tests/setup, `environment` what this run
    gets beside the usual, `workers` how many processes share it: each has a store and a database of its own. `beside`
    is the part that it runs together with: they wait so often that none needs all processors."""

    name: str
    paths: Sequence[str]
    needs: Sequence[str] = ()
    workers: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    beside: str = ""


FROM_REGISTRIES: Final = ("node", "assets", "openapi", "fastmcp")
"""Needs that are met by packages in a folder of their own."""
CONTROL_PLANE: Final = "tests/control_plane"
PROCESSES: Final = f"{CONTROL_PLANE}/processes"
REAL_JOBS: Final = "tests/end_to_end/jobs"
REAL_OAUTH: Final = "tests/end_to_end/oauth"
ON_POSTGRESQL: Final = (
    *(f"{CONTROL_PLANE}/{pages}" for pages in ("accounts", "dashboard", "live", "oauth", "operator_pages")),
    "tests/security/test_nasty_values.py",
)
"""Run on PostgreSQL alone by `make test`: it refuses more, and browsers and real clients ask SQLite for all of it."""
ON_BOTH: Final = (
    "tests/tenants",
    f"{CONTROL_PLANE}/oauth/test_at_once.py",
    f"{CONTROL_PLANE}/test_deployment_mistakes.py",
    f"{CONTROL_PLANE}/test_database_settings.py",
    "tests/security/test_foreign_ids_in_bodies.py",
)
"""What a database may answer otherwise than another. `make security` asks everything of both."""
NOT_ON_SQLITE: Final = tuple(
    f"--ignore={path.relative_to(ROOT)}"
    for place in ON_POSTGRESQL
    for path in ((ROOT / place).rglob("test_*.py") if (ROOT / place).is_dir() else [ROOT / place])
    if str(path.relative_to(ROOT)) not in ON_BOTH
)
GUARDS: Final = tuple(sorted(f"tests/{path.name}" for path in (ROOT / "tests").glob("test_*.py")))
PARTS: Final = (
    # Of those that run beside each other, the longest comes first, so that none is left over at the end.
    Part(
        "end_to_end",
        ("tests/end_to_end", f"--ignore={REAL_JOBS}", f"--ignore={REAL_OAUTH}", "tests/conformance"),
        needs=("node", "nginx", "chromium"),
    ),
    Part("real_jobs", (REAL_JOBS,), needs=("node", "nginx")),
    Part("processes", (PROCESSES,)),
    Part("oauth", (REAL_OAUTH,), needs=("node", "nginx", "chromium")),
    Part("deployment", ("tests/deployment",), needs=("nginx",)),
    Part("tenants", ("tests/tenants",)),
    Part("guards", GUARDS),
    Part(
        "unit",
        (
            *("tests/mcp_runtime", "tests/egress", "tests/benchmarks", CONTROL_PLANE, f"--ignore={PROCESSES}"),
            *NOT_ON_SQLITE,
        ),
        needs=("openapi", "fastmcp"),
        workers=3,  # some of them wait for clocks
    ),
    Part(
        "security",
        ("tests/security", "--dist=loadscope", *NOT_ON_SQLITE),
        workers=2,
    ),
    Part(
        "postgresql",
        (
            *ON_POSTGRESQL,
            *(path for path in ON_BOTH if not path.startswith(ON_POSTGRESQL)),
            "--ignore=tests/tenants/test_platform_scope_is_listed.py",  # reads sources, asks no database
            "tests/chaos/test_one_tenant_hardly_delays_another.py",
        ),
        needs=("postgresql",),
        workers=2,
        environment={"TEST_DATABASE": "postgresql"},
    ),
    Part("fuzz", ("tests/fuzz",), beside="postgresql"),
    # A module's tests share an installation, so they stay together.
    Part("browser", ("tests/browser", "--dist=loadscope"), needs=("node", "assets", "chromium"), workers=3),
    Part("chaos", ("tests/chaos", "--dist=loadfile"), needs=("postgresql",), workers=2, beside="unit"),
)
SELECTIONS: Final = (
    *PARTS,
    Part("conformance", ("tests/conformance",), needs=("node",)),
    Part(
        "security_postgresql",
        ("tests/security", "--dist=loadscope"),
        needs=("postgresql",),
        workers=2,
        environment={"TEST_DATABASE": "postgresql"},
    ),
)
"""What PART may name: the parts, and pieces of them."""


def brought(need: str) -> str:
    """Bring something that parts need; why that is impossible here, or nothing."""
    script = ROOT / "tests" / "setup" / f"{need}.sh"
    done = subprocess.run(["bash", str(script)], check=False, stderr=subprocess.PIPE, text=True)
    return "" if done.returncode == 0 else done.stderr.strip() or f"{script.name} ended with status {done.returncode}"


def unmet(parts: Sequence[Part]) -> dict[str, str]:
    """Bring what the parts need: what comes from registries at the same time, what the system installs in turn. Which
    of them can't run here, and why."""
    needs = dict.fromkeys(need for part in parts for need in part.needs)
    with ThreadPoolExecutor(len(FROM_REGISTRIES)) as downloads:
        coming = {need: downloads.submit(brought, need) for need in needs if need in FROM_REGISTRIES}
        said = {need: brought(need) for need in needs if need not in coming}
        said |= {need: download.result() for need, download in coming.items()}
    reasons = {part.name: next(filter(None, (said[need] for need in part.needs)), "") for part in parts}
    return {name: reason for name, reason in reasons.items() if reason}


def run(part: Part, output: IO[str] | None = None) -> int:
    """Run one part; pytest's exit status. A part without a test is a failure, by pytest's own rule."""
    report = RESULTS / f"{part.name}.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "--durations=10", "--durations-min=0.5", "-o", "junit_family=xunit2", f"--junitxml={report}"]
    # Its own data directory: a running `make run` must neither be seen nor be touched.
    environment = {**os.environ, "ATRIUM_DATA_DIR": str(RESULTS / "data" / part.name), **part.environment}
    # Every process would compile, and pytest rewrite, the same hundreds of modules again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if part.workers > 1:
        options += ["--numprocesses", str(part.workers)]
    command = [sys.executable, "-m", "pytest", *options, *part.paths]
    where: dict[str, Any] = {"stdout": output, "stderr": output, "stdin": subprocess.DEVNULL}
    began = monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **where)
    # pytest ends a test that hangs; what hangs between tests ends here.
    limit = Timer(AT_MOST_SECONDS, process.kill)
    limit.start()
    _, status, used = os.wait4(process.pid, 0)
    limit.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    took = f"{part.name} took {monotonic() - began:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of a processor"
    print(took, file=output, flush=True)
    return process.returncode


def run_all(parts: Sequence[Part]) -> Iterator[tuple[Part, int]]:
    """Run the parts, each with its exit status: those that share their work among processes one by one, with those
    that are to run beside, then the others four at a time, the output of each together: they often wait."""
    names = {part.name for part in parts}
    alone = [part for part in parts if part.beside not in names]
    shared = [part for part in alone if part.workers > 1 or len(parts) == 1]
    for part in shared:
        yield from _together([part, *(each for each in parts if each.beside == part.name)])
    yield from _together([part for part in alone if part not in shared])


def _together(parts: Sequence[Part]) -> Iterator[tuple[Part, int]]:
    if len(parts) == 1:
        print(f"\n──── {parts[0].name} ────", flush=True)
        yield parts[0], run(parts[0])
        return
    with ThreadPoolExecutor(max_workers=4) as lanes:
        for done in as_completed([lanes.submit(_run_aside, part) for part in parts]):
            part, status, said = done.result()
            print(f"\n──── {part.name} ────\n{said}", flush=True)
            yield part, status


def _run_aside(part: Part) -> tuple[Part, int, str]:
    with tempfile.TemporaryFile("w+") as output:
        status = run(part, output)
        output.seek(0)
        return part, status, output.read()


def counted(reports: Sequence[Path]) -> Counter[str]:
    """The sums over the reports that pytest has written."""
    total: Counter[str] = Counter()
    for report in reports:
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
                total.update({name: int(suite.get(name, "0")) for name in COUNTS})
    return total


def summary(total: Counter[str], seconds: float) -> str:
    """One line in the form of pytest's own."""
    failed, errors, skipped = total["failures"], total["errors"], total["skipped"]
    passed = total["tests"] - failed - errors - skipped
    numbers = {"failed": failed, "passed": passed, "skipped": skipped, "errors": errors}
    shown = ", ".join(f"{number} {name}" for name, number in numbers.items() if number or name == "passed")
    return f" {shown} in {seconds:.2f}s ".center(80, "=")


def main(names: Sequence[str]) -> int:
    """Run the named parts, or all; the exit status is 0 when every test passed."""
    known = {part.name: part for part in SELECTIONS}
    if unknown := [name for name in names if name not in known]:
        print(f"There is no part {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    chosen = [known[name] for name in names] or list(PARTS)
    for part in chosen:
        (RESULTS / "data" / part.name).mkdir(parents=True, exist_ok=True)
    began, impossible = monotonic(), unmet(chosen)
    possible = [part for part in chosen if part.name not in impossible]
    failed = [part.name for part, status in run_all(possible) if status != 0]
    print()
    for name, reason in impossible.items():
        print(f"Part {name} can't run here: {reason}")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    ran = [RESULTS / f"{part.name}.xml" for part in chosen if part.name not in impossible]
    print(summary(counted(ran), monotonic() - began))
    return 1 if failed or (impossible and os.environ.get("CI") == "true") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
