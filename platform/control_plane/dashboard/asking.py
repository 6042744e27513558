"""Requests for pages, after sign-in. Handlers get nothing else, so none can run before it."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from control_plane.dashboard.frame import Frame, frame_of
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import ApplicationError
from tenants.models import Tenant, User
from tenants.models.tenant import TenantStatus
from tenants.selectors.across_tenants import TenantOfUser, tenants_of_user

SAFE = ("GET", "HEAD")


class NotAMemberError(ApplicationError):
    """The tenant is not theirs, or there is none: the same page for both."""

    code = "not_found"


class TenantSuspendedError(ApplicationError):
    """The operator has suspended the tenant: its pages can be read, nothing can be changed."""

    code = "tenant_suspended"


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Somebody who signed in asks for a page of no single tenant."""

    request: HttpRequest
    person: User
    tenants: list[TenantOfUser] = field(default_factory=list)

    @property
    def is_posted(self) -> bool:
        """True where a form was sent."""
        return self.request.method == "POST"

    def context(self) -> dict[str, Any]:
        """What the layouts read."""
        return {"person": self.person, "tenants": self.tenants}


@dataclass(frozen=True, slots=True)
class TenantPage:
    """A member asks for a page of their tenant, whose scope is open."""

    request: HttpRequest
    person: User
    tenant: Tenant
    actor: Actor
    frame: Frame
    ahead: Any = None
    """What the page's `ahead` returned, which ran before the scope was opened."""

    @property
    def is_posted(self) -> bool:
        """True where a form was sent."""
        return self.request.method == "POST"

    @property
    def is_fragment(self) -> bool:
        """True where htmx asks for a part of the page only."""
        return self.request.headers.get("HX-Request") == "true" and "HX-Boosted" not in self.request.headers

    @property
    def base(self) -> str:
        """Where the tenant's pages begin, with a slash at the end."""
        return f"/app/{self.tenant.slug}/"

    def may(self, ability: Ability) -> bool:
        """True where the person's role has the ability."""
        return self.actor.may(ability)

    def context(self) -> dict[str, Any]:
        """What the layouts read."""
        return {"page": self.frame, "person": self.person, "tenant": self.tenant, "base": self.base}


def person_page(request: HttpRequest, person: User) -> PersonPage:
    """The request of somebody who signed in."""
    return PersonPage(request, person, tenants_of_user(user_id=person.pk))


def tenant_page(request: HttpRequest, person: User, *, slug: str, ability: Ability | None) -> TenantPage:
    """The request of a member of this tenant, with this ability. Raises NotAMemberError, AbilityMissingError,
    TenantSuspendedError."""
    tenants = tenants_of_user(user_id=person.pk)
    here = next((found for found in tenants if found.tenant.slug == slug), None)
    if here is None:
        raise NotAMemberError("There is no such place, or you are no member of it.")
    actor = Actor(role=here.role, user_id=person.pk)
    if ability is not None:
        actor.require(ability)
    if here.tenant.status == TenantStatus.SUSPENDED and request.method not in SAFE:
        raise TenantSuspendedError("The operator has suspended this tenant: it can be read, not changed.")
    return TenantPage(request, person, here.tenant, actor, frame_of(person, here, tenants, request.path))
