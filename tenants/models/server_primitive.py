"""A resource, a resource template or a prompt that a server offers: one of the installation's catalogue, as this tenant
wants it, or one of the tenant's own."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class PrimitiveKind(models.TextChoices):
    """What it is, and with that what `source` is: a URI, a URI template (RFC 6570), or a prompt's name."""

    RESOURCE = "resource"
    TEMPLATE = "template"
    PROMPT = "prompt"


class ServerPrimitive(TenantOwned):
    """`toolkit` and `source` name the definition; empty overrides mean "as defined there". What the tenant hosts itself
    names no toolkit, and is defined by `definition`; what comes of an upstream, by what was approved of it.

    `name` is what clients ask for a prompt by, and what they call a resource in lists. What they read a resource by is
    its `source`, which is therefore once on a server.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="primitives")
    kind = models.CharField(max_length=16, choices=PrimitiveKind.choices)
    toolkit = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=1_000)
    definition = models.JSONField(null=True, blank=True)
    upstream_definition = models.ForeignKey(
        "tenants.UpstreamDefinition", on_delete=models.CASCADE, null=True, blank=True, related_name="primitives"
    )
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    is_enabled = models.BooleanField(default=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["server", "kind", "name"], name="server_primitive_name_once"),
            models.UniqueConstraint(
                fields=["server", "kind", "source"],
                condition=models.Q(kind__in=("resource", "template")),
                name="server_primitive_uri_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
