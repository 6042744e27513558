"""A tool that a server offers: one of the catalogue as this tenant wants it, or one of the tenant's own."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class ToolKind(models.TextChoices):
    """What runs it, and with that where it is defined (`ToolSpec.kind`)."""

    BUILTIN = "builtin"
    HTTP = "http"
    UPSTREAM = "upstream"
    FAN_OUT = "fan_out"


class ServerTool(TenantOwned):
    """`toolkit` and `tool` name the definition of a `builtin` one; those of `http` and `fan_out` have it in
    `definition`, and that of an `upstream` one is what was approved of the upstream's. Empty overrides and nulls mean
    "as defined there". A tool that came out of an OpenAPI document names it, and the operation by the key that the
    document's reader gives it.

    `cache_seconds` has results kept for so long, for the same caller and arguments; with `cache_public` for every
    caller alike.

    `name` is what clients call. `mode` is `inline` or `background`. `timeout_seconds` and `concurrency` may only lower
    what the definition says.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="tools")
    kind = models.CharField(max_length=16, choices=ToolKind.choices, default=ToolKind.BUILTIN, db_default="builtin")
    toolkit = models.CharField(max_length=64, blank=True)
    tool = models.CharField(max_length=64, blank=True)
    definition = models.JSONField(null=True, blank=True)
    openapi_source = models.ForeignKey(
        "tenants.OpenApiSource", on_delete=models.SET_NULL, null=True, blank=True, related_name="tools"
    )
    operation = models.CharField(max_length=500, blank=True, default="", db_default="")
    upstream_definition = models.ForeignKey(
        "tenants.UpstreamDefinition", on_delete=models.CASCADE, null=True, blank=True, related_name="tools"
    )
    name = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    mode = models.CharField(max_length=16, blank=True)
    is_enabled = models.BooleanField(default=True)
    rate_per_second = models.FloatField(null=True, blank=True)
    rate_burst = models.PositiveIntegerField(null=True, blank=True)
    concurrency = models.PositiveIntegerField(null=True, blank=True)
    timeout_seconds = models.FloatField(null=True, blank=True)
    cache_seconds = models.FloatField(null=True, blank=True)
    cache_public = models.BooleanField(default=False, db_default=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["server", "name"], name="server_tool_name_once")]

    def __str__(self) -> str:
        return self.name
