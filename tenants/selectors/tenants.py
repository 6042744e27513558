"""The tenant itself, in its scope."""

from uuid import UUID

from tenants.errors import NotFoundError
from tenants.models import Tenant


def tenant_locked(*, tenant_id: UUID) -> Tenant:
    """The tenant, locked until the scope ends; raises NotFoundError."""
    tenant: Tenant | None = Tenant.objects.select_for_update().filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFoundError("There is no such tenant.")
    return tenant
