"""People make tenants for themselves, each with a first server."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tenants import validation
from tenants.abilities import Role
from tenants.actor import Actor
from tenants.errors import LimitReachedError, NameTakenError
from tenants.models import Server, Tenant
from tenants.selectors.across_tenants import tenant_slug_taken, tenants_started
from tenants.selectors.users import user_locked
from tenants.server_templates import server_template
from tenants.services.servers import server_create
from tenants.services.tenants import tenant_create
from tenants.services.users import require_verified

MOST_STARTED: Final = 3
"""Every tenant comes with quotas of its own, so nobody multiplies them at will; the operator may."""


@dataclass(frozen=True, slots=True)
class StartedTenant:
    """A new tenant and its first server."""

    tenant: Tenant
    server: Server


def tenant_start(*, user_id: UUID, slug: str, name: str, template: str) -> StartedTenant:
    """Make a tenant of one's own, with a server from a template: all of it or nothing.

    Where signing up is not open to everybody, an unconfirmed address has shown nothing yet, and is not enough. Raises
    InvalidValueError, NameTakenError, LimitReachedError, EmailNotVerifiedError.
    """
    chosen = server_template(template)
    if settings.SIGNUP != "open":
        require_verified(user_id=user_id)
    with transaction.atomic():
        person = user_locked(user_id=user_id)
        if not person.is_staff and tenants_started(user_id=person.pk) >= MOST_STARTED:
            message = f"You have made {MOST_STARTED} tenants, which is as many as one person may. Ask the operator."
            raise LimitReachedError(message, limit="tenants", maximum=MOST_STARTED)
        tenant = tenant_create(owner=person, slug=slug, name=name, started_by=person)
        actor = Actor(role=Role.OWNER, user_id=person.pk)
        server = server_create(tenant=tenant, actor=actor, slug=chosen.slug, name=chosen.name, toolkits=chosen.toolkits)
        return StartedTenant(tenant, server)


def tenant_slug_check(*, slug: str) -> None:
    """Whether a new tenant could have this slug. Raises InvalidValueError, NameTakenError."""
    if tenant_slug_taken(slug=validation.tenant_slug(slug)):
        raise NameTakenError("This name for the URL is taken.", field="slug")
