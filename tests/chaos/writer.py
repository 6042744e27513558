"""A process that writes to the database until it is killed: `python -m tests.chaos.writer ASKER LEDGER`.

It asks for jobs, claims and ends them, by the services and as fast as it can. What it was told is in the ledger before
it goes on, one line each. For every line on standard input it forks one more such process, whose number it prints.
"""

import json
import os
import sys
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
django.setup()

from mcp_runtime.calls.results import ToolResult  # noqa: E402
from mcp_runtime.contract.jobs import JobEnding  # noqa: E402
from mcp_runtime.lifeline import end_with_parent  # noqa: E402 - models need Django first
from tenants.services.job_claiming import job_claim  # noqa: E402
from tenants.services.job_creation import job_create  # noqa: E402
from tenants.services.job_endings import job_finish  # noqa: E402
from tests.chaos.asked import Asker  # noqa: E402


def write(asker: Asker, ledger: int) -> None:
    """Until killed. Of three jobs one is left queued and one running."""
    random = Random(os.getpid())  # noqa: S311 - for variety
    for number in count():
        job = job_create(job=asker.job("ship", {"upstream": 1, "work": 0.0}, order=f"{os.getpid()}-{number}"))
        _note(ledger, job=job.id, state="queued")
        claimed = job_claim(worker="writer") if random.random() < 2 / 3 else None
        if claimed is None:
            continue
        _note(ledger, job=claimed.job_id, state="running")
        if random.random() < 1 / 2:
            job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=ToolResult())
            _note(ledger, job=claimed.job_id, state="completed")


def _note(ledger: int, **entry: Any) -> None:
    os.write(ledger, json.dumps(entry).encode() + b"\n")


def main(asker: Asker, ledger: Path) -> None:
    """Fork a writer for each line."""
    file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            end_with_parent()
            write(asker, file)
        print(child, flush=True)
        os.waitpid(child, os.WNOHANG)


if __name__ == "__main__":
    main(Asker(**json.loads(sys.argv[1])), Path(sys.argv[2]))
