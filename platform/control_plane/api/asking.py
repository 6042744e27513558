"""Requests after authentication. Handlers get nothing else, so none can run before it."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from rest_framework.request import Request

from control_plane.api.authentication import Identity, SignedIn, identity_of
from control_plane.api.errors import InsufficientScopeError, TenantSuspendedError
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, NotFoundError
from tenants.models import Tenant
from tenants.models.tenant import TenantStatus
from tenants.selectors.across_tenants import TenantOfUser, tenant_of_user, tenants_of_user

READ: Final = "manage:read"
WRITE: Final = "manage:write"
ACCESS: Final = "manage:access"
SAFE: Final = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """Somebody known asks for what is of no single tenant. `query` and `body` are validated."""

    identity: Identity
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def person_id(self) -> UUID:
        """Who signed in. Raises AbilityMissingError for a key: it belongs to one tenant and stays there."""
        if isinstance(self.identity, SignedIn):
            return self.identity.user_id
        raise AbilityMissingError("A key belongs to its tenant. Sign in to do this yourself.", ability="sign_in")

    def tenants(self) -> list[TenantOfUser]:
        """The tenants within reach: a person's all, a key's one."""
        if isinstance(self.identity, SignedIn):
            return tenants_of_user(user_id=self.identity.user_id)
        return [TenantOfUser(tenant=self.identity.tenant, role=self.identity.actor.role or "")]


@dataclass(frozen=True, slots=True)
class TenantRequest:
    """A member asks something of their tenant, whose scope is open. `query` and `body` are validated."""

    tenant: Tenant
    actor: Actor
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    ahead: Any = None
    """What the operation's `ahead` returned, which ran before the scope was opened."""


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """An operator of the platform asks, signed in. `query` and `body` are validated."""

    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


def known_request(request: Request, *, scope: str) -> KnownRequest:
    """Whoever asks. Raises NotAuthenticated, AuthenticationFailed, InsufficientScopeError."""
    identity = identity_of(request)
    if not isinstance(identity, SignedIn) and scope not in (identity.actor.scopes or ()):
        raise InsufficientScopeError(f"This key lacks the scope {scope}.", scope=scope)
    return KnownRequest(identity)


def tenant_request(request: Request, *, slug: str, scope: str, ability: Ability | None) -> TenantRequest:
    """A member of this tenant, with this ability. Raises like `known_request`, NotFoundError where the tenant is not
    theirs or does not exist, AbilityMissingError, TenantSuspendedError."""
    identity = known_request(request, scope=scope).identity
    asked = _at_home(identity, slug)
    if asked is None:
        raise NotFoundError("There is no such tenant.")
    if ability is not None:
        asked.actor.require(ability)
    if asked.tenant.status == TenantStatus.SUSPENDED and request.method not in SAFE:
        raise TenantSuspendedError("The operator has suspended this tenant: it can be read, not changed.")
    return asked


def _at_home(identity: Identity, slug: str) -> TenantRequest | None:
    if isinstance(identity, SignedIn):
        found = tenant_of_user(user_id=identity.user_id, slug=slug)
        if found is None:
            return None
        return TenantRequest(found.tenant, Actor(role=found.role, user_id=identity.user_id))
    return TenantRequest(identity.tenant, identity.actor) if identity.tenant.slug == slug else None


def operator_request(request: Request) -> OperatorRequest:
    """An operator. Raises NotAuthenticated, and AbilityMissingError alike for everybody else, whatever they ask for."""
    if not isinstance(identity_of(request), SignedIn) or not (request.user.is_active and request.user.is_staff):
        raise AbilityMissingError("Only an operator of the platform may do this, signed in.", ability="operate")
    return OperatorRequest()
