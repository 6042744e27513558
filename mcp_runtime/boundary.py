"""The one place that catches every exception: behind it, nothing internal reaches a client.

Used twice: around a tool (whatever it raises is a crash of that tool) and around a whole request (a fault of ours).
"""

import logging
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import uuid4

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crash:
    """Something raised what it should not have. `incident` is in the log beside the traceback, and in the answer."""

    incident: str


@dataclass(frozen=True, slots=True)
class Begun(Generic[T]):
    """A coroutine after its first step: it waits for `awaited`, and goes on as `work`."""

    work: Coroutine[Any, Any, T]
    awaited: Any
    expected: tuple[type[Exception], ...]
    doing: str


async def contained(work: Awaitable[T], *expected: type[Exception], doing: str) -> T | Crash:
    """Await the work; an exception that is not `expected` becomes a Crash. Cancellation passes through."""
    try:
        return await work
    except expected:
        raise
    except Exception as error:  # noqa: BLE001 - this is the place for it
        return _crash(error, doing)


def begin(work: Coroutine[Any, Any, T], *expected: type[Exception], doing: str) -> T | Crash | Begun[T]:
    """Take the first step of the work, as `contained` would: its result where that was all, else what to wait for."""
    try:
        return Begun(work, work.send(None), expected, doing)
    except StopIteration as finished:
        result: T = finished.value
        return result
    except expected:
        raise
    except Exception as error:  # noqa: BLE001 - this is the place for it
        return _crash(error, doing)


def _crash(error: Exception, doing: str) -> Crash:
    incident = uuid4().hex
    logger.error("unexpected exception", exc_info=error, extra={"incident": incident, "doing": doing})
    return Crash(incident)
