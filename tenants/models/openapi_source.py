"""An OpenAPI document that tools of a server were made of, kept so that more can be chosen and changes be seen."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class OpenApiSource(TenantOwned):
    """`document` is the document as UTF-8 JSON, compressed with gzip, and `digest` the SHA-256 of that JSON in
    hexadecimal. `document_url` is where it was fetched from; empty where it was pasted. `base_url` is what its
    operations' paths are joined to, `secret_names` which secret meets which of its security schemes, by scheme.

    The `pending` ones are those of another version that somebody has looked at and nobody has applied yet; the
    document is null where there is none.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="openapi_sources")
    title = models.CharField(max_length=200)
    document_version = models.CharField(max_length=100, blank=True)
    document_url = models.CharField(max_length=2_000, blank=True)
    base_url = models.CharField(max_length=2_000)
    secret_names = models.JSONField(default=dict, db_default={}, blank=True)
    digest = models.CharField(max_length=64)
    document = models.BinaryField()
    pending_version = models.CharField(max_length=100, blank=True, default="", db_default="")
    pending_url = models.CharField(max_length=2_000, blank=True, default="", db_default="")
    pending_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    pending_document = models.BinaryField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["server", "title"], name="openapi_source_title_once")]

    def __str__(self) -> str:
        return self.title
