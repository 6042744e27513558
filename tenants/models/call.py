"""The audit of calls: one row each, refused ones included."""

from typing import Final
from uuid import UUID

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class Call(TenantOwned):
    """One call, as `mcp_runtime.contract.audit.AuditEvent` tells it.

    A row in phase `intent` was written before the effect, and is completed by its outcome. Rows outlive what they
    speak of, so nothing here is a foreign key that the database enforces.
    """

    NO_SERVER: Final = UUID(int=0)
    """Of what was refused while nothing was called, and belongs to no server."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    event_id = models.CharField(max_length=64)
    time = models.DateTimeField()
    server_id = models.UUIDField()
    method = models.CharField(max_length=64)
    tool = models.CharField(max_length=255, blank=True)
    phase = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=100, blank=True)
    duration_ms = models.FloatField(default=0)
    user_id = models.UUIDField(null=True, blank=True)
    service_account = models.CharField(max_length=64, blank=True)
    client = models.CharField(max_length=255, blank=True)
    credential_id = models.CharField(max_length=64, blank=True)
    credential_kind = models.CharField(max_length=16, blank=True)
    arguments = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=255, blank=True)
    client_name = models.CharField(max_length=255, blank=True)
    protocol_version = models.CharField(max_length=16, blank=True)
    request_id = models.CharField(max_length=255, blank=True)
    session = models.CharField(max_length=255, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "event_id"], name="call_once")]
        indexes = [
            models.Index(fields=["tenant", "-time"], name="call_by_time"),
            models.Index(fields=["tenant", "server_id", "-time"], name="call_by_server"),
            models.Index(fields=["tenant", "user_id", "-time"], name="call_by_user"),
            models.Index(fields=["tenant", "trace_id"], name="call_by_trace", condition=~models.Q(trace_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.tool} {self.outcome}"
