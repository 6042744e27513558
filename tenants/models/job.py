"""Calls of tools that run on workers. The row is the record; the broker only says that there is work."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.models.tenant_owned import TenantOwned


class Job(TenantOwned):
    """One job, in the words of `mcp_runtime.contract.jobs`.

    Arguments and result are sealed (`tenants.sealing`); `shown_arguments` is what the audit keeps of them. A worker
    holds a running job until `lease_expires_at`; every claim gives it a new, higher `fencing_token`, and only a write
    that names the current one changes the row. `available_at` is when a queued one may be claimed, `claimed_at` when it
    last was. `call` is the audit event of the call, as it was begun. `credential_kind` and `delegate` name what it was
    asked for with, so that the permission can be decided again: the family of a key, or the connection of a token.
    `line_count` counts the lines of its log, those included that were too many to be kept.

    `trace` is the W3C trace that the call is a part of, by the names of its headers. `capabilities` are those of the
    client that bear on what a tool may ask it. `sealed_inputs` are the questions of a job that has not ended, with
    their answers; `open_inputs` counts those that wait for one.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="jobs")
    tool_id = models.UUIDField()
    tool = models.CharField(max_length=255)

    principal = models.CharField(max_length=255)
    user_id = models.UUIDField(null=True, blank=True)
    service_account = models.CharField(max_length=64, blank=True)
    client = models.CharField(max_length=255, blank=True)
    credential_kind = models.CharField(max_length=16, blank=True)
    delegate = models.UUIDField(null=True, blank=True)
    scopes = models.JSONField(default=list, blank=True)
    call = models.JSONField(default=dict)
    capabilities = models.JSONField(default=dict, blank=True)
    trace = models.JSONField(default=dict, blank=True)

    sealed_arguments = models.BinaryField()
    shown_arguments = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    is_idempotent = models.BooleanField(default=False)
    timeout_seconds = models.FloatField()
    retry_of = models.UUIDField(null=True, blank=True)

    state = models.CharField(max_length=16, default="queued")
    attempt = models.PositiveIntegerField(default=0)
    available_at = models.DateTimeField(default=timezone.now)
    worker = models.CharField(max_length=128, blank=True)
    fencing_token = models.BigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=32, blank=True)

    progress = models.FloatField(null=True, blank=True)
    progress_total = models.FloatField(null=True, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    sealed_inputs = models.BinaryField(null=True, blank=True)
    open_inputs = models.PositiveIntegerField(default=0)

    ending = models.CharField(max_length=16, blank=True)
    sealed_result = models.BinaryField(null=True, blank=True)
    stored_bytes = models.BigIntegerField(default=0)
    error = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "server", "principal", "tool_id", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="job_idempotency_key_once",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="job_by_time"),
            models.Index(fields=["tenant", "user_id", "-created_at"], name="job_by_user"),
            # Not partial: SQLite does not use an index of "queued" rows for a state that is a parameter. Each has the
            # order of the queue, so that whichever a database takes, it need not sort what waits.
            models.Index(fields=["state", "tool_id", "available_at"], name="job_by_lane"),
            models.Index(fields=["tenant", "state", "tool_id", "available_at"], name="job_by_state"),
            models.Index(fields=["tenant", "-claimed_at"], condition=Q(claimed_at__isnull=False), name="job_by_claim"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="job_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.state}"


class JobResult(TenantOwned):
    """A result that is too large to be answered: kept beside its job, sealed, and read by its link."""

    job = models.OneToOneField("tenants.Job", on_delete=models.CASCADE, related_name="stored_result")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"result of {self.job_id}"


class JobLine(TenantOwned):
    """One line of a job's log: what its tool said, and what happened to it. `number` counts within the job."""

    job = models.ForeignKey("tenants.Job", on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    time = models.DateTimeField()
    level = models.CharField(max_length=16)
    text = models.TextField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_line_number_once")]

    def __str__(self) -> str:
        return self.text[:80]
