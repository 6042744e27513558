"""Tenants: making, naming, planning, suspending them."""

from typing import Any
from uuid import uuid4

import msgspec
from django.db import IntegrityError

from tenants import validation
from tenants.abilities import Ability, Role
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError
from tenants.models import Membership, Tenant, User
from tenants.models.tenant import AuditMode, TenantStatus
from tenants.plan import PlanLimits, plan_from_overrides
from tenants.publishing.changes import servers_changed
from tenants.scope import tenant_scope
from tenants.selectors.tenants import tenant_locked


def tenant_create(*, owner: User, slug: str, name: str, started_by: User | None = None) -> Tenant:
    """A new tenant with its first owner; `started_by` is who makes it for themselves. Raises InvalidValueError, or
    NameTakenError for the slug."""
    tenant = Tenant(id=uuid4(), slug=validation.tenant_slug(slug), name=validation.name(name), started_by=started_by)
    try:
        with tenant_scope(tenant):
            tenant.save(force_insert=True)
            Membership.objects.create(tenant=tenant, user=owner, role=Role.OWNER)
    except IntegrityError as error:
        raise NameTakenError("This name for the URL is taken.", field="slug") from error
    return tenant


def tenant_update(*, tenant: Tenant, actor: Actor, name: str | None = None, audit: str | None = None) -> Tenant:
    """Change its name, or how its calls are recorded (`buffered` or `strict`)."""
    actor.require(Ability.MANAGE_TENANT)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not change the tenant.", ability="servers")
    changes = {}
    if name is not None:
        changes["name"] = validation.name(name)
    if audit is not None:
        changes["audit"] = validation.choice(audit, AuditMode.values, field="audit")
    return _tenant_change(tenant, changes)


def tenant_suspend(*, tenant: Tenant, actor: Actor) -> Tenant:
    """No server of the tenant serves any more, until it is resumed. The platform's to do."""
    return _tenant_set_status(tenant, actor, TenantStatus.SUSPENDED)


def tenant_resume(*, tenant: Tenant, actor: Actor) -> Tenant:
    """Its servers serve again, those excepted that were suspended by themselves. The platform's to do."""
    return _tenant_set_status(tenant, actor, TenantStatus.ACTIVE)


def tenant_limits_set(*, tenant: Tenant, actor: Actor, overrides: dict[str, Any]) -> Tenant:
    """Give the tenant another plan: what differs from the default one. The platform's to do.

    Raises InvalidValueError for an unknown limit, a wrong type, or a number below 1.
    """
    actor.require_platform()
    try:
        plan = plan_from_overrides(overrides)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"This is no plan: {error}.", field="plan") from error
    _check_numbers(plan)
    return _tenant_change(tenant, {"plan": overrides})


def _check_numbers(plan: PlanLimits) -> None:
    validation.rate(plan.tenant)
    validation.rate(plan.principal)
    for limit in plan.__struct_fields__:
        value = getattr(plan, limit)
        if isinstance(value, int) and value < 1:
            raise InvalidValueError(f"The limit {limit} is at least 1.", field="plan")


def _tenant_set_status(tenant: Tenant, actor: Actor, status: TenantStatus) -> Tenant:
    actor.require_platform()
    return _tenant_change(tenant, {"status": status.value})


def _tenant_change(tenant: Tenant, changes: dict[str, Any]) -> Tenant:
    with tenant_scope(tenant):
        locked = tenant_locked(tenant_id=tenant.pk)
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.save(update_fields=[*changes, "updated_at"])
        servers_changed(tenant=locked)
        return locked
