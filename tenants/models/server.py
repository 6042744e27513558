"""An MCP server of a tenant."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned
from tenants.versions import next_version


class ServerStatus(models.TextChoices):
    """Whether it serves."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Server(TenantOwned):
    """One MCP endpoint. `version` grows with every change of what the runtime reads, tools and grants included."""

    slug = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=ServerStatus.choices, default=ServerStatus.ACTIVE)
    allowed_origins = models.JSONField(default=list, blank=True)
    rate_per_second = models.FloatField(null=True, blank=True)
    rate_burst = models.PositiveIntegerField(null=True, blank=True)
    version = models.BigIntegerField(default=next_version)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="server_slug_once")]

    def __str__(self) -> str:
        return self.slug
