"""Saying what becomes of a job, to whoever listens. Nothing rests on it being heard: the row is the record."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self
from uuid import UUID

from mcp_runtime.contract import keys
from mcp_runtime.contract.jobs import JobEvent, JobView, encode_event
from tenants.publishing.bell import ring
from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)

LARGEST_EVENT: Final = 64 * 1024
ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a job waits: among those of one tool of one tenant."""

    tenant_id: UUID
    tool_id: UUID

    @property
    def encoded(self) -> bytes:
        """As a bell says it."""
        return self.tenant_id.bytes + self.tool_id.bytes

    @classmethod
    def decoded(cls, body: bytes) -> Self | None:
        """What a bell has said; None where it did not."""
        return cls(UUID(bytes=body[:16]), UUID(bytes=body[16:])) if len(body) == _PLACE_BYTES else None


_PLACE_BYTES: Final = 32
_WAKE: Final = """
local come = 0
while come < tonumber(ARGV[1]) do
  local process = redis.call('RPOP', KEYS[1])
  if not process then break end
  come = come + redis.call('PUBLISH', ARGV[2] .. process, ARGV[3])
end
return come
"""
"""Whoever went to sleep last is woken first. One that has died meanwhile hears nothing, and does not count."""


def job_event_publish(*, job_id: str, event: JobEvent) -> None:
    """Tell the job's listeners. Where the store is away it is only logged."""
    _publish(keys.job_channel(job_id), encode_event(job_id, event))


def job_ended_publish(*, view: JobView) -> None:
    """Tell the job's listeners that it has ended, with the job itself where that is small. After the commit."""
    _publish(keys.job_channel(view.id), job_ended_body(view=view))


def job_ended_body(*, view: JobView) -> bytes:
    """What they are told."""
    body = encode_event(view.id, JobEvent(kind=ENDED, job=view))
    return body if len(body) <= LARGEST_EVENT else encode_event(view.id, JobEvent(kind=ENDED))


def jobs_ended_publish(*, job_ids: Sequence[str]) -> None:
    """Tell the listeners of many jobs that these have ended, and the workers that have them. After the commit."""
    event = JobEvent(kind=ENDED)
    try:
        with store().pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.publish(keys.job_channel(job_id), encode_event(job_id, event))
                pipe.publish(keys.job_control_channel(job_id), b"")
            pipe.execute()
    except STORE_DOWN as error:
        logger.warning("the end of jobs is not heard", extra={"error": type(error).__name__})


def job_control_ring(*, job_id: str) -> None:
    """Tell the worker that has the job to look at its row now."""
    _publish(keys.job_control_channel(job_id), b"")


def bell_ring(*, times: int = 1, place: QueuePlace | None = None) -> None:
    """Ring for so many jobs, of this `place` where they are of one. For each, a process that is awake is told to come,
    and only for the rest the broker is asked, which wakes others. Where nobody can be reached, the outbox or the reaper
    rings later."""
    where = b"" if place is None else place.encoded
    try:
        come = int(_waking(store())(keys=[keys.JOBS_AWAKE], args=[times, keys.job_bell_channel(""), where]))
        if come < times:
            ring(times - come)
    except STORE_DOWN as error:
        logger.warning("the bell can't be rung now", extra={"error": type(error).__name__})


@cache
def _waking(client: Any) -> Any:
    return client.register_script(_WAKE)


def bell_ring_again(*, times: int) -> None:
    """Ring for jobs that nobody came for: whoever may have heard the first bell is not relied on."""
    try:
        ring(times)
    except STORE_DOWN as error:
        logger.warning("the bell can't be rung now", extra={"error": type(error).__name__})


def _publish(channel: str, body: bytes) -> None:
    try:
        store().publish(channel, body)
    except STORE_DOWN as error:
        logger.warning("a job's event is not heard", extra={"error": type(error).__name__})
