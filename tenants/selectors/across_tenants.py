"""The look-ups that come before a tenant is known. Each opens the platform's scope for one narrow question.

This file and `housekeeping.py` are the only ones that open it; a test holds the list, and each function has one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actor import Actor
from tenants.models import Invitation, Membership, Server, Tenant
from tenants.models.tenant import TenantStatus
from tenants.scope import platform_scope
from tenants.selectors.credentials import KIND_API_KEY, CredentialRow, credential_row


@dataclass(frozen=True, slots=True)
class TenantOfUser:
    """A tenant that a user belongs to."""

    tenant: Tenant
    role: str


@dataclass(frozen=True, slots=True)
class ManagementCredential:
    """An API key at the door of the management API: whose it is, and what it may."""

    api_key_id: UUID
    tenant: Tenant
    actor: Actor
    expires_at: datetime | None
    address_ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceivedInvitation:
    """An invitation at the door, shown by somebody who has its token. `invited_by` is an address, or empty."""

    invitation_id: UUID
    tenant: Tenant
    email: str
    role: str
    invited_by: str


def tenants_of_user(*, user_id: UUID) -> list[TenantOfUser]:
    """The tenants that a user belongs to, with their role, by slug."""
    with platform_scope("memberships of a user"):
        memberships = Membership.objects.filter(user_id=user_id).select_related("tenant").order_by("tenant__slug")
        return [TenantOfUser(tenant=membership.tenant, role=membership.role) for membership in memberships]


def tenant_of_user(*, user_id: UUID, slug: str) -> TenantOfUser | None:
    """One tenant of a user by slug; None alike where there is none and where it is somebody else's."""
    with platform_scope("a user's tenant by slug"):
        found = Membership.objects.filter(user_id=user_id, tenant__slug=slug).select_related("tenant").first()
        return None if found is None else TenantOfUser(tenant=found.tenant, role=found.role)


def tenants_started(*, user_id: UUID) -> int:
    """How many tenants a person has made for themselves, and that still exist."""
    with platform_scope("tenants started by a user"):
        return Tenant.objects.filter(started_by_id=user_id).count()


def invitation_by_digest(*, digest: str, now: datetime) -> ReceivedInvitation | None:
    """The invitation with this hexadecimal SHA-256 that can be accepted now; None otherwise, and while its tenant is
    suspended."""
    with platform_scope("invitation by hash"):
        pending = Invitation.objects.filter(digest=digest, accepted_at=None, revoked_at=None, expires_at__gt=now)
        active = pending.filter(tenant__status=TenantStatus.ACTIVE)
        found = active.select_related("tenant", "invited_by").first()
        if found is None:
            return None
        inviter = found.invited_by.email if found.invited_by is not None else ""
        return ReceivedInvitation(found.pk, found.tenant, found.email, found.role, inviter)


def tenant_slug_taken(*, slug: str) -> bool:
    """True where a tenant has this slug."""
    with platform_scope("slug taken"):
        return Tenant.objects.filter(slug=slug).exists()


def server_by_slugs(*, tenant: str, server: str) -> Server | None:
    """A server with its tenant, by both slugs."""
    with platform_scope("server by slugs"):
        found: Server | None = Server.objects.filter(tenant__slug=tenant, slug=server).select_related("tenant").first()
        return found


def credential_by_digest(*, digest: str) -> CredentialRow | None:
    """The key or token with this hexadecimal SHA-256, good or not, or None."""
    with platform_scope("credential by hash"):
        return credential_row(digest=digest)


def management_credential(*, digest: str, now: datetime) -> ManagementCredential | None:
    """The API key with this hexadecimal SHA-256, if it is still good and its user still a member; None otherwise.

    Doors look at the scopes, at the address ranges, and at whether the tenant is suspended.
    """
    with platform_scope("management key by hash"):
        row = credential_row(digest=digest)
        if row is None or row.kind != KIND_API_KEY or not row.is_good(now=now):
            return None
        tenant = Tenant.objects.get(pk=row.tenant_id)
        servers = row.servers
        ids = (
            None
            if servers is None
            else Server.objects.filter(tenant_id=tenant.pk, slug__in=servers).values_list("id", flat=True)
        )
        actor = Actor(
            role=row.role,
            user_id=row.user_id,
            scopes=frozenset(row.scopes),
            servers=None if ids is None else frozenset(ids),
        )
        return ManagementCredential(
            api_key_id=row.id,
            tenant=tenant,
            actor=actor,
            expires_at=row.expires_at,
            address_ranges=row.address_ranges,
        )
