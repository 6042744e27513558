"""/jobs: the calls that run on workers, their logs and results; cancelling them, and asking for them again."""

from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from control_plane.api.answers import One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import PageQuery
from control_plane.api.operations import ApiView, operation
from control_plane.job_results import result_as_sent
from mcp_runtime.contract.jobs import JobState
from tenants.abilities import Ability
from tenants.models import Job, JobLine
from tenants.selectors.job_inputs import JobQuestion, job_questions
from tenants.selectors.job_search import job_result_for
from tenants.selectors.jobs import JobSearch, job_get, job_lines, job_list, job_shows_content
from tenants.services.job_cancelling import job_cancel
from tenants.services.job_retrying import job_retry

NEWEST_FIRST: Final = ("-created_at", "pk")


class JobErrorShape(serializers.Serializer[Any]):
    """Why there is no answer of the tool."""

    type = serializers.CharField(help_text="Such as `outcome_unknown` or `withdrawn`.")
    message = serializers.CharField()


class JobQuestionShape(serializers.Serializer[JobQuestion]):
    """What a running job asks of its client, and waits for."""

    key = serializers.CharField(help_text="Its name, as clients know it.")
    kind = serializers.ChoiceField(["form", "url", "sampling", "roots"])
    message = serializers.CharField(help_text="What a person is asked; empty where nobody is.")


class JobShape(serializers.Serializer[Job]):
    """A job, without what was in it. Times that have not come are null."""

    id = serializers.UUIDField(help_text="Also the idempotency key that the tool is given, and the event of its call.")
    server_id = serializers.UUIDField()
    tool = serializers.CharField()
    state = serializers.ChoiceField([state.value for state in JobState])
    ending = serializers.CharField(
        help_text="How it ended: `returned`, `timeout`, `crashed`, `never_started`, `stopped`, `killed`, `withdrawn`, "
        "`outcome_unknown`; else empty."
    )
    attempt = serializers.IntegerField(help_text="How often it was begun.")
    progress = serializers.FloatField(allow_null=True)
    progress_total = serializers.FloatField(allow_null=True)
    message = serializers.SerializerMethodField(
        help_text="What the tool says of its progress; null where the job's content is not yours to read."
    )
    open_questions = serializers.IntegerField(
        source="open_inputs", help_text="How many answers of its client it waits for."
    )
    user_id = serializers.UUIDField(allow_null=True)
    client = serializers.CharField()
    credential_kind = serializers.CharField()
    worker = serializers.CharField()
    timeout_seconds = serializers.FloatField()
    retry_of = serializers.UUIDField(allow_null=True)
    error = JobErrorShape(allow_null=True)
    result_bytes = serializers.IntegerField(
        source="stored_bytes", help_text="Of a result that is too large to be answered at once; else 0."
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    cancel_requested_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When it will be forgotten.")

    def get_message(self, job: Job) -> str | None:
        """As far as it may be read."""
        return job.message if self._shows_content(job) else None

    def _shows_content(self, job: Job) -> bool:
        return job_shows_content(actor=self.context["asked"].actor, job=job)


class JobDetailShape(JobShape):
    """A job with its arguments, as far as whoever asks may read them."""

    idempotency_key = serializers.CharField(help_text="The client's own, or empty.")
    arguments = serializers.SerializerMethodField(
        help_text="As JSON, redacted; null where they are not yours to read: others' are for owner and auditor."
    )

    questions = serializers.SerializerMethodField(
        help_text="What it waits for an answer to; null where that is not yours to read. Answers are never shown."
    )

    @extend_schema_field(JobQuestionShape(many=True, allow_null=True))
    def get_questions(self, job: Job) -> Any:
        """Those that are open."""
        if not self._shows_content(job):
            return None
        return [JobQuestionShape(question).data for question in job_questions(job=job)]

    def get_arguments(self, job: Job) -> str | None:
        """What is shown of them."""
        return job.shown_arguments if self._shows_content(job) else None


class JobLineShape(serializers.Serializer[JobLine]):
    """A line of a job's log."""

    number = serializers.IntegerField()
    time = serializers.DateTimeField()
    level = serializers.CharField()
    text = serializers.CharField()


class JobResultShape(serializers.Serializer[bytes]):
    """What the tool answered, as clients get it."""

    content = serializers.ListField(child=serializers.DictField())
    structuredContent = serializers.JSONField(required=False)  # noqa: N815 - the name in MCP
    isError = serializers.BooleanField()  # noqa: N815 - the name in MCP

    def to_representation(self, instance: bytes) -> Any:
        """All of it."""
        return msgspec.json.decode(instance)


class JobQuery(PageQuery):
    """Which jobs. Times are of their creation, inclusive below, exclusive above."""

    server = serializers.CharField(required=False, help_text="The slug of a server.")
    tool = serializers.CharField(required=False)
    state = serializers.ChoiceField([state.value for state in JobState], required=False)
    user_id = serializers.UUIDField(required=False)
    client = serializers.CharField(required=False, help_text="The id of an OAuth client, or the family of a key.")
    retry_of = serializers.UUIDField(required=False, help_text="The job of which it is the repetition.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class Jobs(ApiView):
    """All that one may see."""

    @operation(READ, query=JobQuery, answer=Page(JobShape, NEWEST_FIRST))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List jobs, newest first: all of the tenant's for owner, admin, developer and auditor, else your own."""
        filters = {name: value for name, value in request.query.items() if name not in PageQuery().fields}
        return job_list(actor=request.actor, search=JobSearch(**filters))


class JobDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(JobDetailShape))
    def get(self, request: TenantRequest, job_id: UUID) -> Job:
        """Read a job."""
        return job_get(actor=request.actor, job_id=job_id)


class JobLog(ApiView):
    """What its tool said."""

    @operation(READ, answer=Page(JobLineShape, ("number",)))
    def get(self, request: TenantRequest, job_id: UUID) -> QuerySet[Any]:
        """Read a job's log: of your own jobs; others' is for owner and auditor."""
        job = job_get(actor=request.actor, job_id=job_id)
        if not job_shows_content(actor=request.actor, job=job):
            request.actor.require(Ability.READ_CONTENT)
        return job_lines(job=job)


class JobResult(ApiView):
    """What its tool answered."""

    @operation(READ, answer=One(JobResultShape))
    def get(self, request: TenantRequest, job_id: UUID) -> bytes:
        """Read a job's result, however large: of your own jobs; others' is for owner and auditor."""
        job = job_get(actor=request.actor, job_id=job_id)
        return result_as_sent(job_result_for(actor=request.actor, job=job))


class JobCancellation(ApiView):
    """Stopping it."""

    @operation(WRITE, answer=One(JobShape))
    def post(self, request: TenantRequest, job_id: UUID) -> Job:
        """Cancel a job: your own, or anybody's for owner, admin and developer. A waiting one ends at once; a
        running one when its tool has stopped, or ten seconds are over. One that has ended stays as it is."""
        return job_cancel(tenant=request.tenant, actor=request.actor, job_id=job_id)


class JobRepetition(ApiView):
    """Running it again."""

    @operation(WRITE, Ability.CALL_TOOLS, answer=One(JobShape, 201))
    def post(self, request: TenantRequest, job_id: UUID) -> Job:
        """Ask again for a job of your own that has ended: a new job with the same arguments."""
        return job_retry(tenant=request.tenant, actor=request.actor, job_id=job_id)
