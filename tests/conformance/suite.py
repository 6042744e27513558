"""The public MCP conformance suite, run against a URL, and what its checks said."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.fixtures.node import NODE_FOLDER

SUITE: Final = NODE_FOLDER / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
PATIENCE_SECONDS: Final = 300
FOLDER: Final = re.compile(r"(?:authorization-)?server-(?P<scenario>.+)-\d{4}-\d\d-\d\dT[\d-]+Z")
REVISIONS: Final = ("2025-11-25", "2026-07-28")
TASKS: Final = "tasks"
WITH_TASKS: Final = "2026-07-28"
"""The revision with which the suite runs the scenarios of the tasks extension, too, unscored."""

TASK_SCENARIOS: Final = (
    "tasks-lifecycle",
    "tasks-capability-negotiation",
    "tasks-wire-fields",
    "tasks-request-state-removal",
    "tasks-mrtr-input",
    "tasks-request-headers",
    "tasks-dispatch-and-envelope",
    "tasks-status-notifications",
    "tasks-required-task-error",
    "tasks-mrtr-composition",
)
"""Those of the tasks extension, which no revision requires."""

RUNS: Final = (*REVISIONS, TASKS)


class SuiteDidNotRun(Exception):  # noqa: N818 - reads as the state it reports
    """The suite left no results; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What became of one scenario: how many checks passed, the complaints of those that did not, how many were left
    out."""

    name: str
    passed: int
    complaints: tuple[str, ...]
    skipped: int = 0

    @property
    def is_good(self) -> bool:
        """At least one check ran, and every check that ran passed."""
        return self.passed > 0 and not self.complaints


def scenario_read(name: str, checks: list[dict[str, Any]]) -> Scenario:
    """Judge the checks of one scenario. Anything but a success, a skip or a remark counts against it."""
    bad = [check for check in checks if check["status"] not in ("SUCCESS", "SKIPPED", "INFO")]
    complaints = tuple(f"{check['id']}: {check.get('errorMessage') or check['description']}" for check in bad)
    passed, skipped = (sum(check["status"] == status for check in checks) for status in ("SUCCESS", "SKIPPED"))
    return Scenario(name, passed, complaints, skipped)


def results(output: Path) -> Iterator[Scenario]:
    """What the suite left in its folder."""
    for folder in sorted(output.iterdir()):
        if (match := FOLDER.fullmatch(folder.name)) is not None:
            yield scenario_read(match["scenario"], json.loads((folder / "checks.json").read_text(encoding="utf-8")))


def suite_run(node: Path, url: str, what: str, output: Path) -> dict[str, Scenario]:
    """Every scenario that a revision asks of a server, those not scored included, or those of the tasks extension
    (`TASKS`), by name.

    `output` is a folder for the suite's files. Raises SuiteDidNotRun when there are no results.
    """
    if what != TASKS:
        return _run(node, url, ("--requirements", what), output)
    return scenarios_run(node, url, TASK_SCENARIOS, output)


def scenarios_run(node: Path, url: str, names: Sequence[str], output: Path) -> dict[str, Scenario]:
    """These scenarios, by name. Raises SuiteDidNotRun when one has no results."""
    found: dict[str, Scenario] = {}
    for name in names:
        found |= _run(node, url, ("--scenario", name), output)
    return found


def _run(node: Path, url: str, which: tuple[str, str], output: Path) -> dict[str, Scenario]:
    command = [str(node), str(SUITE), "server", "--url", url, *which, "-o", str(output)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    found = {scenario.name: scenario for scenario in results(output)} if output.is_dir() else {}
    if not found:
        raise SuiteDidNotRun(f"{ran.stdout}\n{ran.stderr}")
    return found
