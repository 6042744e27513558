"""What has been committed but not yet published."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tenants.models.tenant_owned import TenantManager


class Outbox(models.Model):
    """A document to publish: `kind` and `key` as in `mcp_runtime.contract.keys`.

    `version` is the least the document may carry: a deleted thing has no version of its own any more. Rows are read in
    the order of their ids; one that failed waits until `available_at`.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    version = models.BigIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    available_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
