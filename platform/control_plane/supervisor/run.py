"""From nothing to everything up, and back."""

import contextlib
import os
import socket
from pathlib import Path

from control_plane import environment
from control_plane.supervisor.family import Family
from control_plane.supervisor.greeting import greeting
from control_plane.supervisor.installation import document_write, held
from control_plane.supervisor.listening import listen
from control_plane.supervisor.preparation import prepare
from control_plane.supervisor.programs import Programs
from control_plane.supervisor.readiness import ready
from control_plane.supervisor.store_start import store_found_or_started
from control_plane.supervisor.until_stopped import until_stopped
from control_plane.supervisor.voice import say


async def run() -> None:
    """Bring everything up, keep it up, and stop everything at the first signal.

    Raises ConfigurationError where something must be changed first, Hopeless where a part does not stay up.
    """
    directory, port = environment.data_dir(), environment.port()
    advice = f"choose another with: make run PORT={port + 1}"
    with held(directory), contextlib.closing(listen(port, advice=advice)) as listener:
        family = Family()
        await until_stopped(_up(family, directory, listener), family)
    say("Everything is stopped.")


async def _up(family: Family, directory: Path, listener: socket.socket) -> None:
    """Start everything in order and greet when it is up."""
    port = int(listener.getsockname()[1])
    base_url = environment.public_url(embedded=f"http://127.0.0.1:{port}")
    say(f"Starting Atrium on {base_url} …")
    (directory / "logs").mkdir(mode=0o700, exist_ok=True)
    redis_url = await store_found_or_started(family, directory)
    addresses = {"base_url": base_url, "redis_url": redis_url, "database_url": environment.text("DATABASE_URL", "")}
    document_write(directory / "runtime.json", {**addresses, "pid": os.getpid()})
    told = environment.inherited(PUBLIC_URL=base_url, REDIS_URL=redis_url, ATRIUM_DATA_DIR=str(directory))
    demo = await prepare("prepare", told, directory / "logs" / "prepare.log")
    programs = Programs(directory, told)
    for program in (programs.worker(), programs.tools(), programs.beat(), programs.web(listener.fileno())):
        await family.start(program)
        family.keep(program)
    await ready(port)
    say(greeting(base_url, demo, directory / "logs"))
