"""Jobs of these tests: a record in memory behind the runtime's port, and what a worker does to it."""

import asyncio
from collections.abc import Mapping, Sequence
from time import time
from typing import Any

import msgspec
import redis.asyncio as redis

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from mcp_runtime.contract.input import ELICITATION, InputRequest
from mcp_runtime.contract.job_inputs import AnswerRefused
from mcp_runtime.contract.jobs import (
    JobEnding,
    JobError,
    JobEvent,
    JobOwner,
    JobsFull,
    JobState,
    JobView,
    NewJob,
    encode_event,
)
from mcp_runtime.contract.keys import job_channel
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.answers import UnusableAnswer, check_answer


def name_form(message: str) -> InputRequest:
    """A question for a name."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    return InputRequest(ELICITATION, {"mode": "form", "message": message, "requestedSchema": schema})


def named(name: str) -> dict[str, Any]:
    """An answer to it."""
    return {"action": "accept", "content": {"name": name}}


class KeptJobs:
    """What is true. `down` makes every question fail, `limit` is how many jobs there may be; `created` are the ids in
    the order in which they came, `cancelled` those that somebody asked to stop, `answers` what a job was told."""

    def __init__(self) -> None:
        self.asked: dict[str, NewJob] = {}
        self.views: dict[str, JobView] = {}
        self.stored: dict[str, bytes] = {}
        self.created: asyncio.Queue[str] = asyncio.Queue()
        self.cancelled: asyncio.Queue[str] = asyncio.Queue()
        self.down = self.loses_answers = False
        self.limit = 1_000
        self.questions: list[str] = []
        self.answers: dict[str, dict[str, Any]] = {}

    async def create(self, job: NewJob) -> JobView:
        self._ask("create")
        for other in self.asked.values():
            same = (other.owner, other.tool_id, other.idempotency_key) == (job.owner, job.tool_id, job.idempotency_key)
            if job.idempotency_key and same:
                return self.views[other.id]
        if len(self.asked) >= self.limit:
            raise JobsFull(self.limit)
        now = time()
        self.asked[job.id] = job
        self.views[job.id] = JobView(
            id=job.id, tool=job.tool, state=JobState.QUEUED, attempt=0, created_at=now, updated_at=now
        )
        self.created.put_nowait(job.id)
        if self.loses_answers:
            raise RecordUnavailable
        return self.views[job.id]

    async def read(self, owner: JobOwner, job_id: str) -> JobView | None:
        self._ask("read")
        job = self.asked.get(job_id)
        return self.views.get(job_id) if job is not None and job.owner == owner else None

    async def page(self, owner: JobOwner, *, after: str | None, limit: int) -> list[JobView] | None:
        self._ask("page")
        own = [self.views[job_id] for job_id, job in reversed(self.asked.items()) if job.owner == owner]
        ids = [view.id for view in own]
        if after is not None and after not in ids:
            return None
        first = 0 if after is None else ids.index(after) + 1
        return own[first : first + limit]

    async def ended(self, job_ids: Sequence[str]) -> set[str]:
        self._ask("ended")
        return {job_id for job_id in job_ids if job_id not in self.views or _wants_a_look(self.views[job_id])}

    async def stored_result(self, owner: JobOwner, job_id: str) -> bytes | None:
        view = await self.read(owner, job_id)
        return None if view is None else self.stored.get(job_id)

    async def cancel(self, owner: JobOwner, job_id: str) -> JobView | None:
        view = await self.read(owner, job_id)
        if view is not None:
            self.cancelled.put_nowait(job_id)
        return view

    async def answer(
        self, owner: JobOwner, job_id: str, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
    ) -> JobView | None:
        view = await self.read(owner, job_id)
        if view is None:
            return None
        taken = {key: _checked(key, request, answers[key]) for key, request in view.inputs.items() if key in answers}
        taken |= {key: {"problem": (problems or {})[key]} for key in view.inputs.keys() & (problems or {}).keys()}
        self.answers.setdefault(job_id, {}).update(taken)
        return self.change(job_id, inputs={key: value for key, value in view.inputs.items() if key not in taken})

    def change(self, job_id: str, **changes: Any) -> JobView:
        view = msgspec.structs.replace(self.views[job_id], updated_at=time(), **changes)
        self.views[job_id] = view
        return view

    def _ask(self, question: str) -> None:
        self.questions.append(question)
        if self.down:
            raise RecordUnavailable


def _wants_a_look(view: JobView) -> bool:
    return view.has_ended or bool(view.inputs)


def _checked(key: str, request: InputRequest, answer: Any) -> dict[str, Any]:
    try:
        return check_answer(request, answer)
    except UnusableAnswer as error:
        raise AnswerRefused(key, str(error)) from error


class Worker:
    """What a worker does, as far as a runtime sees it: it changes the record, then says so on the bus."""

    def __init__(self, jobs: KeptJobs, url: str) -> None:
        self.jobs = jobs
        self.redis = redis.Redis.from_url(url)

    async def take(self) -> str:
        """The next job, running from now on."""
        job_id = await self.jobs.created.get()
        self.jobs.change(job_id, state=JobState.RUNNING, attempt=1, started_at=time())
        return job_id

    async def report(self, job_id: str, progress: float, total: float | None = None, message: str = "") -> None:
        self.jobs.change(job_id, progress=progress, total=total, message=message)
        await self.say(job_id, JobEvent(kind="progress", progress=progress, total=total, message=message))

    async def log(self, job_id: str, level: str, data: Any) -> None:
        await self.say(job_id, JobEvent(kind="log", level=level, data=data))

    async def finish(self, job_id: str, text: str = "done", *, silently: bool = False, **result: Any) -> None:
        """The tool returned."""
        answer = ToolResult([TextContent(text)], {"result": text}, **result)
        await self.end(job_id, silently=silently, result=encode_tool_result(answer))

    async def end(self, job_id: str, *, silently: bool = False, in_event: bool = True, **changes: Any) -> None:
        """Bring it to its end, completed unless told otherwise. `silently` says nothing on the bus."""
        how = {"state": JobState.COMPLETED, "ending": JobEnding.RETURNED, "ended_at": time(), "inputs": {}, **changes}
        view = self.jobs.change(job_id, **how)
        if not silently:
            await self.say(job_id, JobEvent(kind="ended", job=view if in_event else None))

    async def fail(self, job_id: str, kind: str, message: str) -> None:
        """It ends without an answer."""
        ending = JobEnding.WITHDRAWN if kind == "withdrawn" else JobEnding.OUTCOME_UNKNOWN
        await self.end(job_id, state=JobState.FAILED, ending=ending, error=JobError(kind, message))

    async def ask(self, job_id: str, *names: str, silently: bool = False) -> None:
        """The tool asks for so many names, and waits."""
        asked = {**self.jobs.views[job_id].inputs, **{name: name_form(name) for name in names}}
        self.jobs.change(job_id, inputs=asked)
        if not silently:
            await self.say(job_id, JobEvent(kind="asked"))

    async def say(self, job_id: str, event: JobEvent) -> None:
        await self.redis.publish(job_channel(job_id), encode_event(job_id, event))
