"""Invitations: a link that makes whoever has this address a member, once."""

from django.db import models

from tenants.abilities import Role
from tenants.models.tenant_owned import TenantOwned


class Invitation(TenantOwned):
    """`digest` is the hexadecimal SHA-256 of the token in the link, which is never stored. Ends by being accepted,
    revoked, or by `expires_at`. `invited_by` is null where that person's account is gone."""

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.role}"
