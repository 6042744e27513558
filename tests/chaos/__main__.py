"""`make chaos`: the long run. Prints figures and every broken promise; the exit status is 0 when none was broken."""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import report
from tests.chaos.shaken import Plan, shaken


def arguments() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--jobs", type=int, default=3_000)
    parser.add_argument("--kills", type=int, default=110)
    parser.add_argument("--within", type=float, default=420.0, help="seconds over which both are spread")
    parser.add_argument("--replies", type=int, default=300, help="replies lost after the commit")
    parser.add_argument("--directory", type=Path, help="where logs and ledger stay; a new one unless said")
    return parser.parse_args()


def main() -> int:
    """The command line."""
    options = arguments()
    # Whatever ends a run, its database is stopped with it: an interrupt does that.
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    directory = options.directory or Path(tempfile.mkdtemp(prefix="atrium-chaos-"))
    print(f"seed {options.seed}; logs in {directory}", flush=True)
    plan = Plan(
        seed=options.seed, jobs=options.jobs, kills=options.kills, within=options.within, replies=options.replies
    )
    outcome = asyncio.run(shaken(plan, directory))
    print(report(outcome))
    return 1 if outcome.findings or outcome.unanswered or outcome.missing else 0


if __name__ == "__main__":
    sys.exit(main())
