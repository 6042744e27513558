"""A tool that a server offers: one of the installation's catalogue, as this tenant wants it."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class ServerTool(TenantOwned):
    """`toolkit` and `tool` name the definition; empty overrides and nulls mean "as defined there".

    `name` is what clients call. `mode` is `inline` or `background`. `timeout_seconds` and `concurrency` may only lower
    what the definition says.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="tools")
    toolkit = models.CharField(max_length=64)
    tool = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    mode = models.CharField(max_length=16, blank=True)
    is_enabled = models.BooleanField(default=True)
    rate_per_second = models.FloatField(null=True, blank=True)
    rate_burst = models.PositiveIntegerField(null=True, blank=True)
    concurrency = models.PositiveIntegerField(null=True, blank=True)
    timeout_seconds = models.FloatField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["server", "name"], name="server_tool_name_once")]

    def __str__(self) -> str:
        return self.name
