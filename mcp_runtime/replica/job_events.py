"""How a replica hears of the jobs that its calls wait for: on one connection to the bus, however many jobs there are.

The ids of the jobs that it makes begin alike, and what is said of them is on one channel, which it always hears: a call
that waits for a job of its own replica costs the bus nothing. Other channels it hears while somebody needs them.

Nothing rests on the bus. Every two seconds the record is asked, once for all of them, which have ended, and at once
when the bus is heard again: what was missed costs two seconds.
"""

import asyncio
import contextlib
import logging
from typing import Any, Final
from uuid import uuid4

import msgspec

from mcp_runtime.boundary import contained
from mcp_runtime.contract.jobs import JobEvent, decode_event
from mcp_runtime.contract.keys import JOB_ORIGIN_LENGTH, job_channel
from mcp_runtime.contract.ports import JobRecord, RecordUnavailable
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN

logger = logging.getLogger(__name__)

CONFIRM_SECONDS: Final = 0.5
"""How long a call waits until its job's channel is heard; after that it goes on, and the record tells it the end."""

READ_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 0.5
ENDED: Final = "ended"


class FollowedJob:
    """One job that one call waits for. Get it from `JobEvents.follow`, give it back with `leave`."""

    __slots__ = ("_is_hurried", "_said", "_wake", "can_hurry", "heard", "is_over", "job_id")

    def __init__(self, job_id: str, *, can_hurry: bool) -> None:
        self.job_id, self.can_hurry = job_id, can_hurry
        self._is_hurried = False
        self.heard = asyncio.Event()
        self.is_over = False
        self._said: list[JobEvent] = []
        self._wake = asyncio.Event()

    def tell(self, event: JobEvent) -> None:
        """The job said something."""
        self._said.append(event)
        self.is_over = self.is_over or event.kind == ENDED
        self._wake.set()

    def tell_end(self) -> None:
        """The record says that it has ended, or is gone."""
        self.is_over = True
        self._wake.set()

    def hurry(self) -> None:
        """There is no more time to wait."""
        self._is_hurried = True
        self._wake.set()

    async def news(self) -> list[JobEvent]:
        """Wait until there is something to know; what was said since the last time. `is_over` may say that the job has
        ended, whoever said so; it stays so until it is read otherwise. Raises TimeoutError once it is hurried."""
        if self._is_hurried and not self._wake.is_set():
            raise TimeoutError
        await self._wake.wait()
        self._wake.clear()
        if self._is_hurried and not self.is_over:
            raise TimeoutError
        said, self._said = self._said, []
        return said


class JobEvents:
    """Everything that this replica waits for. `redis` is a client that gives up at once: `redis_link.connect_ear`."""

    def __init__(self, redis: Any, record: JobRecord, interval: float = 2.0) -> None:
        self._redis, self._record, self._interval = redis, record, interval
        self._origin = uuid4().hex[:JOB_ORIGIN_LENGTH]
        self._followed: dict[str, set[FollowedJob]] = {}
        self._look = asyncio.Event()
        self._is_hurried = False
        self._pubsub: Any = None
        self._tasks: list[asyncio.Task[None]] = []
        self._leaving: set[asyncio.Task[object]] = set()

    def new_id(self) -> str:
        """The id of a job that this replica is about to make: a UUID, of which ninety bits are random."""
        return self._origin + str(uuid4())[JOB_ORIGIN_LENGTH:]

    @property
    def waiting(self) -> int:
        """Calls that wait for a job."""
        return sum(len(followers) for followers in self._followed.values())

    async def start(self) -> None:
        """Begin to hear."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._ask_again())]

    async def stop(self) -> None:
        """Stop hearing, and wait until that is so."""
        await end_all(self._tasks)
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await self._redis.aclose()

    def hurry(self) -> None:
        """This replica stops soon: whoever can answer that a job goes on does so from now on, instead of waiting."""
        self._is_hurried = True
        for followers in self._followed.values():
            for followed in followers:
                if followed.can_hurry:
                    followed.hurry()

    async def follow(self, job_id: str, *, can_hurry: bool = False) -> FollowedJob:
        """Hear of a job from now on, whether it exists or not yet. While the bus is away this takes no time."""
        followed = FollowedJob(job_id, can_hurry=can_hurry)
        self._followed.setdefault(job_id, set()).add(followed)
        if self._is_hurried and can_hurry:
            followed.hurry()
        pubsub = self._pubsub
        if job_id.startswith(self._origin):
            followed.heard.set()
        elif pubsub is not None:
            with contextlib.suppress(*STORE_DOWN):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await pubsub.subscribe(job_channel(job_id))
                    await followed.heard.wait()
        return followed

    def leave(self, followed: FollowedJob) -> None:
        """Nobody waits for it here any more. The bus is told without anybody waiting for that, either."""
        followers = self._followed.get(followed.job_id, set())
        followers.discard(followed)
        if followers:
            return
        self._followed.pop(followed.job_id, None)
        if followed.job_id.startswith(self._origin):
            return
        telling = asyncio.ensure_future(contained(self._unsubscribe(followed.job_id), doing="leaving a job"))
        self._leaving.add(telling)
        telling.add_done_callback(self._leaving.discard)

    async def _unsubscribe(self, job_id: str) -> None:
        channel = job_channel(job_id)
        if self._pubsub is not None and channel not in map(job_channel, self._followed):
            with contextlib.suppress(*STORE_DOWN):
                await self._pubsub.unsubscribe(channel)

    async def _listen(self) -> None:
        while True:
            try:
                await contained(self._hear(), *STORE_DOWN, doing="hearing of jobs")
            except STORE_DOWN as error:
                logger.warning("jobs are not heard just now", extra={"error": type(error).__name__})
            finally:
                self._pubsub = None
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(job_channel(self._origin))
            self._pubsub = pubsub
            if others := {*map(job_channel, self._followed)} - {job_channel(self._origin)}:
                await pubsub.subscribe(*others)
            while True:
                message = await pubsub.get_message(timeout=READ_SECONDS)
                if message is not None:
                    self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._hears_on(message["channel"].decode())
        elif message["type"] == "message":
            with contextlib.suppress(msgspec.MsgspecError):
                job_id, event = decode_event(message["data"])
                for followed in list(self._followed.get(job_id, ())):
                    followed.tell(event)

    def _hears_on(self, channel: str) -> None:
        for job_id, followers in self._followed.items():
            for followed in followers if job_channel(job_id) == channel else ():
                if followed.heard.is_set():
                    self._look.set()  # heard again: something may have been said meanwhile
                followed.heard.set()

    async def _ask_again(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._look.wait()
            self._look.clear()
            with contextlib.suppress(RecordUnavailable):
                await contained(self._ask_once(), RecordUnavailable, doing="asking which jobs have ended")

    async def _ask_once(self) -> None:
        if not self._followed:
            return
        for job_id in await self._record.ended(list(self._followed)):
            for followed in self._followed.get(job_id, ()):
                followed.tell_end()
