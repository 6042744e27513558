"""Signs of life of the processes that answer no requests: a key in Redis that expires unless it is set again."""

import logging
import time
from typing import Final, Literal

from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)

Process = Literal["worker", "tools", "beat"]

LIFETIME_SECONDS: Final = 20
"""A process that has been silent for so long counts as gone."""


def _key(process: Process) -> str:
    return f"atrium:alive:{process}"


def process_is_alive(process: Process) -> None:
    """Note that this process lives now. A store that is away is not this process's fault: it is logged, not raised."""
    try:
        store().set(_key(process), repr(time.time()), ex=LIFETIME_SECONDS)
    except STORE_DOWN as error:
        logger.warning("no heartbeat could be written", extra={"silent": process, "error": type(error).__name__})


def seconds_since(process: Process) -> float | None:
    """Seconds since its last sign of life, or None where it counts as gone. Raises what `STORE_DOWN` names."""
    value = store().get(_key(process))
    return None if value is None else max(0.0, time.time() - float(value))
