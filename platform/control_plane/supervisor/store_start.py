"""Brings the store of an embedded installation up, or finds the one that it was told to use."""

import asyncio
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from control_plane import environment
from control_plane.environment import ConfigurationError
from control_plane.supervisor.child import Child
from control_plane.supervisor.family import Family
from control_plane.supervisor.installation import document_read, secrets_ensure
from control_plane.supervisor.last_words import last_words
from control_plane.supervisor.listening import free_port
from control_plane.supervisor.programs import Programs
from control_plane.supervisor.store import external_store_require, store_answers, store_configure

PATIENCE_SECONDS: Final = 60.0
"""Reading back a large append-only file takes a while."""


async def store_found_or_started(family: Family, directory: Path) -> str:
    """The address of a store that answers: the one of REDIS_URL, else our own.

    Raises ConfigurationError, with the store's last words, where there is none.
    """
    external = environment.text("REDIS_URL", "")
    if external:
        await asyncio.to_thread(external_store_require, external)
        return external
    return await store_started(family, directory)


async def store_started(family: Family, directory: Path) -> str:
    """The address of a store of our own, started now. Raises ConfigurationError where it does not start."""
    password = secrets_ensure(directory)["store_password"]
    last = document_read(directory / "runtime.json").get("redis_url", "")
    # The same port as last time, so that further runtimes find the store again after a restart.
    store = store_configure(directory, port=free_port(preferred=_port_of_ours(last, password)), password=password)
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
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await asyncio.to_thread(store_answers, url):
                if child.process.returncode is not None:
                    raise ConfigurationError(f"The store did not start: {last_words(child.program.log)}")
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise ConfigurationError(f"The store does not answer: {last_words(child.program.log)}") from error
