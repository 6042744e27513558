"""What the tool of a running job asks of its client, and the answers. A worker waits for them, and looks at the row."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_inputs import PROBLEM, AnswerRefused
from mcp_runtime.contract.jobs import ASKED, TERMINAL, JobEvent, JobOwner, JobView
from mcp_runtime.input.answers import UnusableAnswer, check_answer
from tenants.models import Job
from tenants.publishing.job_events import job_control_ring, job_event_publish
from tenants.publishing.live import JOBS, live_changed
from tenants.scope import tenant_scope
from tenants.sealing import seal
from tenants.selectors.job_inputs import COLUMN, JobInput, job_inputs
from tenants.selectors.jobs import job_of_owner, job_view
from tenants.services.job_claiming import ClaimedJob

_encode = msgspec.json.Encoder().encode
_CHANGED: Final = JobEvent(kind=ASKED)


def job_ask(
    *, claimed: ClaimedJob, asked: Mapping[str, InputRequest], dropped: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Put these questions to the job's client, by their keys; those that are `dropped` are asked no more. The answers
    that are there already: an earlier attempt has asked the same. Where the job is not held any more, nothing happens.
    Two statements."""
    with tenant_scope(UUID(claimed.tenant_id)):
        mine = Job.objects.filter(pk=claimed.job_id, fencing_token=claimed.fencing_token, state="running")
        job: Job | None = mine.select_for_update().defer("sealed_arguments", "sealed_result", "call").first()
        if job is None:
            return {}
        inputs = job_inputs(job=job)
        for key in dropped:
            if key in inputs and inputs[key].answer is None:
                inputs[key] = msgspec.structs.replace(inputs[key], attempt=0)
        for key, request in asked.items():
            known = inputs.get(key)
            inputs[key] = JobInput(request, job.attempt, None if known is None else known.answer)
        _keep(job, inputs)
    answers = ((key, inputs[key].answer) for key in asked)
    return {key: answer for key, answer in answers if answer is not None}


def job_answer_own(
    *, owner: JobOwner, job_id: str, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
) -> JobView | None:
    """Answer what the owner's job asks, as the client that asked for it; the job as it then is, or None where there is
    no such job of theirs. `problems` say why there will be no answer.

    The first answer to a question stands; what answers nothing that is asked is ignored. Raises AnswerRefused where one
    is no answer to its question, and then takes none. Its worker is told after the commit.
    """
    with tenant_scope(UUID(owner.tenant_id)):
        found = job_of_owner(owner=owner, job_id=job_id)
        if found is None:
            return None
        job: Job = Job.objects.select_for_update().get(pk=found.pk)
        if job.state not in TERMINAL:
            _take(job, answers, problems or {})
        return job_view(job)


def _take(job: Job, answers: Mapping[str, Any], problems: Mapping[str, str]) -> None:
    inputs = job_inputs(job=job)
    asked = {key: each for key, each in inputs.items() if each.takes_answers}
    taken = {key: _checked(key, each, answers[key]) for key, each in asked.items() if key in answers}
    for key in asked.keys() & problems.keys() - taken.keys():
        taken[key] = msgspec.structs.replace(asked[key], answer={PROBLEM: problems[key]})
    if taken:
        _keep(job, {**inputs, **taken})
        transaction.on_commit(lambda: job_control_ring(job_id=str(job.pk)))


def _checked(key: str, known: JobInput, answer: Any) -> JobInput:
    try:
        return msgspec.structs.replace(known, answer=check_answer(known.request, answer))
    except UnusableAnswer as error:
        raise AnswerRefused(key, str(error)) from error


def _keep(job: Job, inputs: Mapping[str, JobInput]) -> None:
    """In the row, and in `job`."""
    job.sealed_inputs = seal(_encode(inputs), tenant_id=job.tenant_id, row_id=job.pk, column=COLUMN)
    job.open_inputs = sum(each.takes_answers and each.attempt == job.attempt for each in inputs.values())
    job.updated_at = timezone.now()
    job.save(update_fields=[COLUMN, "open_inputs", "updated_at"])
    transaction.on_commit(lambda: job_event_publish(job_id=str(job.pk), event=_CHANGED))
    live_changed(tenant_id=job.tenant_id, name=JOBS)
