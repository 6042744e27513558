"""What a job asks of its client, as its row keeps it: sealed, as arguments are."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.input import ELICITATION, ROOTS, SAMPLING, InputRequest
from tenants.models import Job
from tenants.sealing import SealBrokenError, unseal

COLUMN: Final = "sealed_inputs"
_KINDS: Final = {SAMPLING: "sampling", ROOTS: "roots"}


class JobInput(Struct, frozen=True, omit_defaults=True):
    """One question. `attempt` is the last one that asked it, and 0 where that does not wait for it any more."""

    request: InputRequest
    attempt: int
    answer: dict[str, Any] | None = None

    @property
    def takes_answers(self) -> bool:
        """Whether an answer would be of use: also to an attempt that is about to ask again."""
        return self.attempt > 0 and self.answer is None


@dataclass(frozen=True, slots=True)
class JobQuestion:
    """What a job asks, as people read it. `kind` is one of form, url, sampling, roots; `message` may be empty."""

    key: str
    kind: str
    message: str


_decode = msgspec.json.Decoder(dict[str, JobInput]).decode


def job_inputs(*, job: Job) -> dict[str, JobInput]:
    """Every question of the job, by its key. None of what no key opens: it is asked anew."""
    if job.sealed_inputs is None:
        return {}
    try:
        return _decode(unseal(job.sealed_inputs, tenant_id=job.tenant_id, row_id=job.pk, column=COLUMN))
    except SealBrokenError:
        return {}


def job_questions(*, job: Job) -> list[JobQuestion]:
    """The questions that the job waits for an answer to, without their forms."""
    return [
        JobQuestion(key, _kind(request), str(request.params.get("message", "")))
        for key, request in open_inputs(job=job).items()
    ]


def _kind(request: InputRequest) -> str:
    return str(request.params.get("mode", "form")) if request.method == ELICITATION else _KINDS[request.method]


def open_inputs(*, job: Job) -> dict[str, InputRequest]:
    """The questions that the job waits for an answer to. Nothing is read of one that waits for none."""
    if not job.open_inputs:
        return {}
    known = job_inputs(job=job)
    return {key: each.request for key, each in known.items() if each.takes_answers and each.attempt == job.attempt}
