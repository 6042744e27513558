"""What OAuth issues here is good for exactly one server of one tenant (RFC 8707)."""

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models

from tenants.models.tenant_owned import TenantManager


class BoundToServer(models.Model):
    """A code or token with its one server."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")
    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
