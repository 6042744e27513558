"""The questions whose answers say whether Atrium is up. Each takes at most a few seconds, also when nothing answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from types import MappingProxyType
from typing import Final

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError, connection

from control_plane.health.heartbeat import Process, seconds_since
from tenants.publishing.store import STORE_DOWN, store


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One answer, and how long it took. `detail` is for operators, and contains no address and no password."""

    name: str
    ok: bool
    detail: str
    milliseconds: float


def _database() -> tuple[bool, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return False, type(error).__name__
    return True, connection.vendor


def _store() -> tuple[bool, str]:
    try:
        store().ping()
    except STORE_DOWN as error:
        return False, type(error).__name__
    return True, "answers"


def _process(process: Process) -> tuple[bool, str]:
    try:
        seconds = seconds_since(process)
    except STORE_DOWN as error:
        return False, type(error).__name__
    return (False, "silent") if seconds is None else (True, f"last seen {seconds:.0f} s ago")


def _worker() -> tuple[bool, str]:
    return _process("worker")


def _tools() -> tuple[bool, str]:
    return _process("tools")


def _beat() -> tuple[bool, str]:
    return _process("beat")


_QUESTIONS: Final[Mapping[str, Callable[[], tuple[bool, str]]]] = MappingProxyType(
    {"database": _database, "store": _store, "worker": _worker, "tools": _tools, "beat": _beat}
)

WEB_NEEDS: Final = ("database", "store")
"""What the web process needs to answer; without workers it still does."""

EVERYTHING: Final = tuple(_QUESTIONS)
"""What an installation consists of."""


def probes(names: tuple[str, ...]) -> list[Probe]:
    """Ask the named questions, in turn."""
    return [_ask(name) for name in names]


async def probes_apart(names: tuple[str, ...]) -> list[Probe]:
    """The same from an event loop, outside of a request: in a thread that keeps no connection."""
    return await sync_to_async(_probes_and_close, thread_sensitive=False)(names)


def _probes_and_close(names: tuple[str, ...]) -> list[Probe]:
    try:
        return probes(names)
    finally:
        connection.close()


def _ask(name: str) -> Probe:
    began = perf_counter()
    ok, detail = _QUESTIONS[name]()
    return Probe(name=name, ok=ok, detail=detail, milliseconds=round((perf_counter() - began) * 1000, 1))
