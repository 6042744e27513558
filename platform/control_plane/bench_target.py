"""One runtime process alone, on private stores in a temporary directory: what `make bench` measures."""

import json
import tempfile
from pathlib import Path

from control_plane import environment
from control_plane.supervisor.family import Family
from control_plane.supervisor.preparation import prepare
from control_plane.supervisor.programs import Programs
from control_plane.supervisor.readiness import ready
from control_plane.supervisor.store_start import store_started
from control_plane.supervisor.until_stopped import until_stopped
from control_plane.supervisor.voice import say


async def bench_target_serve(port: int) -> None:
    """Start, print where it is and with which key, and serve until a signal comes; nothing stays behind.

    Raises ConfigurationError or Hopeless as the supervisor does.
    """
    with tempfile.TemporaryDirectory(prefix="atrium-bench-") as folder:
        family = Family()
        await until_stopped(_up(family, Path(folder), port), family)


async def _up(family: Family, directory: Path, port: int) -> None:
    (directory / "logs").mkdir(mode=0o700)
    redis_url = await store_started(family, directory)
    told = environment.inherited(
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        REDIS_URL=redis_url,
        ATRIUM_DATA_DIR=str(directory),
        # What this machine's own installation says must not reach here: an empty value counts as none.
        **dict.fromkeys(
            ("DATABASE_URL", "MIGRATION_DATABASE_URL", "SECRET_KEY", "METRICS_TOKEN", "TRUSTED_PROXIES"), ""
        ),
    )
    announcement = await prepare("bench_seed", told, directory / "logs" / "prepare.log")
    program = Programs(directory, told).runtime(port)
    await family.start(program)
    family.keep(program)
    await ready(port)
    say(json.dumps(announcement))
