"""Who belongs to a tenant, and in which role."""

from django.db import models

from tenants.abilities import Role
from tenants.models.tenant_owned import TenantOwned


class Membership(TenantOwned):
    """One person in one tenant."""

    user = models.ForeignKey("tenants.User", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
