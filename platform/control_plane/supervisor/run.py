"""From nothing to everything up, and back."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from control_plane import environment
from control_plane.environment import ConfigurationError
from control_plane.supervisor.child import Child
from control_plane.supervisor.family import Family
from control_plane.supervisor.greeting import greeting
from control_plane.supervisor.installation import document_read, document_write, held, secrets_ensure
from control_plane.supervisor.last_words import last_words
from control_plane.supervisor.listening import free_port, listen
from control_plane.supervisor.preparation import prepare
from control_plane.supervisor.programs import Programs
from control_plane.supervisor.readiness import ready
from control_plane.supervisor.store import external_store_require, store_answers, store_configure
from control_plane.supervisor.voice import say

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STORE_PATIENCE_SECONDS: Final = 60.0
"""Reading back a large append-only file takes a while."""


async def run() -> None:
    """Bring everything up, keep it up, and stop everything at the first of `STOP_SIGNALS`; a second one doesn't wait.

    Raises ConfigurationError where something must be changed first, Hopeless where a part does not stay up.
    """
    family = Family()
    directory, port = environment.data_dir(), environment.port()
    advice = f"choose another with: make run PORT={port + 1}"
    with held(directory), contextlib.closing(listen(port, advice=advice)) as listener:
        try:
            await _until_stopped(_up(family, directory, listener), family)
        finally:
            await family.stop()
    say("Everything is stopped.")


async def _until_stopped(work: Coroutine[Any, Any, None], family: Family) -> None:
    """Do the work, then wait, until a signal comes or the family is hopeless."""
    signalled = asyncio.Event()

    def hear(number: signal.Signals) -> None:
        if signalled.is_set():
            family.kill()
        else:
            say(f"\n{number.name}: stopping everything …")
        signalled.set()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, hear, number)
    up, stopped = asyncio.create_task(work), asyncio.create_task(signalled.wait())
    ends: set[asyncio.Future[Any]] = {stopped, family.hopeless}
    await asyncio.wait({up, *ends}, return_when=asyncio.FIRST_COMPLETED)
    if up.done():
        up.result()
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    await asyncio.gather(up, return_exceptions=True)
    if family.hopeless.done():
        family.hopeless.result()


async def _up(family: Family, directory: Path, listener: socket.socket) -> None:
    """Start everything in order and greet when it is up."""
    port = int(listener.getsockname()[1])
    base_url = environment.public_url(embedded=f"http://127.0.0.1:{port}")
    say(f"Starting Atrium on {base_url} …")
    (directory / "logs").mkdir(mode=0o700, exist_ok=True)
    redis_url = await _store(family, directory)
    document_write(
        directory / "runtime.json",
        {
            "base_url": base_url,
            "redis_url": redis_url,
            "database_url": environment.text("DATABASE_URL", ""),
            "pid": os.getpid(),
        },
    )
    told = environment.inherited(PUBLIC_URL=base_url, REDIS_URL=redis_url, ATRIUM_DATA_DIR=str(directory))
    demo = await prepare(told, directory / "logs" / "prepare.log")
    programs = Programs(directory, told)
    for program in (programs.worker(), programs.beat(), programs.web(listener.fileno())):
        await family.start(program)
        family.keep(program)
    await ready(port)
    say(greeting(base_url, demo, directory / "logs"))


async def _store(family: Family, directory: Path) -> str:
    """The address of a store that answers: the one of REDIS_URL, else our own, started now."""
    secrets = secrets_ensure(directory)
    external = environment.text("REDIS_URL", "")
    if external:
        await asyncio.to_thread(external_store_require, external)
        return external
    last = document_read(directory / "runtime.json").get("redis_url", "")
    # The same port as last time, so that further runtimes find the store again after a restart.
    port = free_port(preferred=_port_of_ours(last, secrets["store_password"]))
    store = store_configure(directory, port=port, password=secrets["store_password"])
    program = Programs(directory, environment.inherited()).store(store)
    await _answering(await family.start(program), store.url)
    family.keep(program)
    return store.url


def _port_of_ours(url: str, password: str) -> int | None:
    parts = urlsplit(url)
    return parts.port if parts.password == password else None


async def _answering(child: Child, url: str) -> None:
    """Wait until the store answers; raises ConfigurationError with its last words where it ends instead."""
    try:
        async with asyncio.timeout(STORE_PATIENCE_SECONDS):
            while not await asyncio.to_thread(store_answers, url):
                if child.process.returncode is not None:
                    raise ConfigurationError(f"The store did not start: {last_words(child.program.log)}")
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise ConfigurationError(f"The store does not answer: {last_words(child.program.log)}") from error
