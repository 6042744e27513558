"""The one place that catches every exception: behind it, nothing internal reaches a client.

Used twice: around a tool (whatever it raises is a crash of that tool) and around a whole request (a fault of ours).
"""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crash:
    """Something raised what it should not have. `incident` is in the log beside the traceback, and in the answer."""

    incident: str


async def contained(work: Awaitable[T], *expected: type[Exception], doing: str) -> T | Crash:
    """Await the work; an exception that is not `expected` becomes a Crash. Cancellation passes through."""
    try:
        return await work
    except expected:
        raise
    except Exception:
        incident = uuid4().hex
        logger.exception("unexpected exception", extra={"incident": incident, "doing": doing})
        return Crash(incident)
