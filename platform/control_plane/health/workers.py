"""What the workers that run now say of themselves: a hash in Redis, written anew every other second."""

import logging
import time
from typing import Final

import msgspec

from control_plane.health.heartbeat import LIFETIME_SECONDS
from mcp_runtime.contract import keys
from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)

_WORKERS: Final = keys.PREFIX + "workers"
_DEAF: Final = keys.PREFIX + "workers:deaf"


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """One worker. `busy` of its `processes` run a task now. Times are Unix time in seconds."""

    name: str
    queues: list[str]
    processes: int
    busy: int
    started_at: float
    seen_at: float


_decoder: Final = msgspec.json.Decoder(Worker)


def worker_says(worker: Worker) -> None:
    """Note it. A store that is away is not the worker's fault: it is logged, not raised."""
    try:
        store().hset(_WORKERS, worker.name, msgspec.json.encode(worker))
    except STORE_DOWN as error:
        logger.info("nobody hears how this worker is", extra={"error": type(error).__name__})


def workers_alive() -> list[Worker]:
    """The workers that live, by name; those that are silent are forgotten. Raises what `STORE_DOWN` names."""
    said = {name: _decoder.decode(body) for name, body in store().hgetall(_WORKERS).items()}
    living = {name: worker for name, worker in said.items() if time.time() - worker.seen_at < LIFETIME_SECONDS}
    if silent := set(said) - set(living):
        store().hdel(_WORKERS, *silent)
    return sorted(living.values(), key=lambda worker: worker.name)


def worker_was_deaf() -> None:
    """Count a worker that ended because it heard no bell."""
    try:
        store().incr(_DEAF)
    except STORE_DOWN as error:
        logger.info("a deaf worker is not counted", extra={"error": type(error).__name__})


def deaf_workers() -> int:
    """How many there were since the store was last emptied. Raises what `STORE_DOWN` names."""
    return int(store().get(_DEAF) or 0)
