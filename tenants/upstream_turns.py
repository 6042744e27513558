"""The threads of a worker in which upstreams are read, each by itself: one that does not answer delays no other, and no
other task."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, connections

from tenants.services.upstream_reading import Turn, upstream_read, upstreams_due

logger = logging.getLogger(__name__)

MOST: Final = 8
"""How many are read at once in a process."""

_places: Final = threading.BoundedSemaphore(MOST)


def turns_begin(read: Callable[..., None] = upstream_read) -> int:
    """Begin to read those whose turn has come, as many as there are places for; returns how many. Waits for none."""
    taken = 0
    while taken < MOST and _places.acquire(blocking=False):
        taken += 1
    turns = upstreams_due(most=taken) if taken else []
    for _ in range(taken - len(turns)):
        _places.release()
    for turn in turns:
        # A worker that ends waits for none of them: whose reading is cut short has its turn again within a minute.
        threading.Thread(target=_take, args=(turn, read), name=f"upstream {turn.upstream_id}", daemon=True).start()
    return len(turns)


def _take(turn: Turn, read: Callable[..., None]) -> None:
    try:
        read(turn=turn)
    except DatabaseError as error:
        logger.warning("an upstream could not be written down", extra={"error": type(error).__name__})
    finally:
        _places.release()
        connections.close_all()
