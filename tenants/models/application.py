"""OAuth clients."""

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from oauth2_provider.models import AbstractApplication

from tenants.models.tenant_owned import TenantManager


class Application(AbstractApplication):  # type: ignore[misc]
    """An OAuth client. `tenant` is null for one that registered itself: it belongs to nobody, and a person who
    consents ties it to one server by the token they give it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+", null=True, blank=True)

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.name or self.client_id)
