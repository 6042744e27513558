"""The content of what a tenant hosts itself, apart from the row that describes it: lists never read it."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class HostedContent(TenantOwned):
    """`body` is the resource's own bytes, or a document of a template or a prompt (`mcp_runtime.contract.hosted`).
    `digest` is that of the content; `size` is in bytes."""

    primitive = models.OneToOneField("tenants.ServerPrimitive", on_delete=models.CASCADE, related_name="content")
    digest = models.CharField(max_length=64)
    is_text = models.BooleanField()
    size = models.PositiveIntegerField()
    body = models.BinaryField()

    def __str__(self) -> str:
        return self.digest
