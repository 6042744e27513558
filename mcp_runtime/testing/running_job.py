"""One job of a toolkit's tests, and what runs it."""

import asyncio
from collections.abc import Mapping
from time import time
from typing import Any

import msgspec

from mcp_runtime.calls import failures
from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import encode_tool_result
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_inputs import AnswerRefused
from mcp_runtime.contract.job_running import JobWork
from mcp_runtime.contract.jobs import ASKED, JobEnding, JobError, JobEvent, JobState, JobView, NewJob
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.input.answers import UnusableAnswer, check_answer
from mcp_runtime.jobs.frames import Answered, Asked, Dropped, Ended
from mcp_runtime.jobs.one_job import OneJob


class RunningJob:
    """It runs once it is told to, on the loop that it was made on; `view` is how it is now, `said` what it says."""

    def __init__(self, job: NewJob, spec: ToolSpec, tenant: str, executor: BuiltinExecutor) -> None:
        now = time()
        self.job = job
        self.view = JobView(
            id=job.id, tool=job.tool, state=JobState.RUNNING, attempt=1, created_at=now, updated_at=now, started_at=now
        )
        self.said: asyncio.Queue[JobEvent] = asyncio.Queue()
        work = _work(job, spec, tenant)
        self._attempt = OneJob(work, LoadedTool(spec), executor, self.said.put_nowait, self._hear)
        self._inputs: dict[str, InputRequest] = {}
        self._stopped: JobEnding | None = None

    async def run(self) -> None:
        """To its end, or that of its time."""
        loop = asyncio.get_running_loop()
        limit = loop.call_later(self.job.timeout_seconds, self.stop, JobEnding.TIMEOUT, "timeout")
        try:
            ended = await self._attempt.run()
            self.change(ended_at=time(), inputs={}, **self._how(ended))
        finally:
            limit.cancel()
            if not self.view.has_ended:  # the test is over, or something is wrong here: nobody shall wait for it
                error = JobError("job_failed", "The job was given up.")
                self.change(state=JobState.FAILED, ending=JobEnding.CRASHED, error=error, ended_at=time(), inputs={})

    def stop(self, ending: JobEnding, reason: str) -> None:
        """Ask the tool to stop; the first reason counts."""
        if self._stopped is None and not self.view.has_ended:
            self._stopped = ending
            self._attempt.raise_flag(reason)
            self._attempt.interrupt()

    def answer(self, answers: Mapping[str, Any], problems: Mapping[str, str]) -> None:
        """Give the tool what it asked for, or say why there is no answer. Raises AnswerRefused where one is none."""
        checked = {}
        for key in answers.keys() & self._inputs.keys():
            try:
                checked[key] = check_answer(self._inputs[key], answers[key])
            except UnusableAnswer as error:
                raise AnswerRefused(key, str(error)) from error
        failed = {key: Answered(key, problem=problem) for key, problem in problems.items() if key in self._inputs}
        answered = {key: Answered(key, answer) for key, answer in checked.items()}
        for key, heard in {**failed, **answered}.items():
            self._attempt.hear(heard)
            self._forget(key)

    def change(self, **changes: Any) -> None:
        """How the job is from now on."""
        self.view = msgspec.structs.replace(self.view, updated_at=time(), **changes)

    def _hear(self, frame: Asked | Dropped) -> None:
        if isinstance(frame, Dropped):
            self._forget(frame.key)
            return
        self._inputs[frame.key] = frame.request
        self._say_what_is_asked()

    def _forget(self, key: str) -> None:
        if self._inputs.pop(key, None) is not None:
            self._say_what_is_asked()

    def _say_what_is_asked(self) -> None:
        self.change(inputs=dict(self._inputs))
        self.said.put_nowait(JobEvent(kind=ASKED))

    def _how(self, ended: Ended) -> dict[str, Any]:
        """What a worker would write down."""
        if self._stopped is JobEnding.TIMEOUT:
            result = encode_tool_result(failures.timed_out(self.job.tool, self.job.timeout_seconds))
            return {"state": JobState.COMPLETED, "ending": JobEnding.TIMEOUT, "result": result}
        if self._stopped is not None:
            return {"state": JobState.CANCELLED, "ending": self._stopped}
        if ended.error is not None or ended.result is None:
            error = ended.error or JobError("job_failed", "The tool ended without an answer.")
            return {"state": JobState.FAILED, "ending": JobEnding.RETURNED, "error": error}
        has_crashed = ended.outcome == "crashed"
        ending = JobEnding.CRASHED if has_crashed else JobEnding.RETURNED
        return {"state": JobState.COMPLETED, "ending": ending, "result": ended.result}


def _work(job: NewJob, spec: ToolSpec, tenant: str) -> JobWork:
    return JobWork(
        job_id=job.id,
        spec=spec,
        arguments=job.arguments,
        tenant=tenant,
        principal=job.owner.principal,
        call_id=job.call.id,
        idempotency_key=job.id,
        attempt=1,
        timeout_seconds=job.timeout_seconds,
        capabilities=job.capabilities,
    )
