"""Secrets of a tenant: stored, given another value, deleted. What they hold goes in here and comes out at `SecretVault`
alone; a change is heard by every process that uses them."""

from typing import Final
from uuid import UUID, uuid4

from django.utils import timezone

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InUseError, LimitReachedError, NameTakenError
from tenants.models import Secret, SecretChange, SecretUse, Tenant
from tenants.models.secret import SecretAction
from tenants.publishing.changes import secret_changed
from tenants.scope import tenant_scope
from tenants.secret_sealing import secret_sealed
from tenants.selectors.stored_secrets import secret_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.secret_keys import data_key_current
from tenants.versions import next_version

MOST: Final = 200
"""How many secrets a tenant may have."""

LONGEST_DESCRIPTION: Final = 500


def secret_create(*, tenant: Tenant, actor: Actor, name: str, value: str, description: str = "") -> Secret:
    """A new secret. What referred to one of this name before refers to it from now on.

    Raises InvalidValueError, NameTakenError, LimitReachedError, AbilityMissingError.
    """
    _require(actor)
    name, value = validation.secret_name(name), validation.secret_value(value)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        if Secret.objects.filter(name=name).exists():
            raise NameTakenError(
                "Another secret has this name. Give that one another value, if you meant it.", field="name"
            )
        if Secret.objects.count() >= MOST:
            raise LimitReachedError(f"A tenant has {MOST} secrets at most.", limit="secrets", maximum=MOST)
        secret = Secret(
            id=uuid4(),
            tenant=tenant,
            name=name,
            description=_description(description),
            created_by_id=actor.user_id,
            data_key=data_key_current(tenant=tenant),
        )
        _set_value(secret, actor, value)
        secret.save(force_insert=True)
        SecretUse.objects.filter(name=name).update(secret=secret)
        _record(secret, actor, SecretAction.CREATED)
        return secret


def secret_describe(*, tenant: Tenant, actor: Actor, secret_id: UUID, description: str) -> Secret:
    """Say what it is for. Raises NotFoundError, InvalidValueError, AbilityMissingError."""
    _require(actor)
    with tenant_scope(tenant):
        secret = secret_locked(secret_id=secret_id)
        secret.description = _description(description)
        secret.save(update_fields=["description", "updated_at"])
        _record(secret, actor, SecretAction.DESCRIBED)
        return secret


def secret_rotate(*, tenant: Tenant, actor: Actor, secret_id: UUID, value: str) -> Secret:
    """Another value, as the next version. The one before is used for nothing from now on, everywhere within seconds.

    Raises NotFoundError, InvalidValueError, AbilityMissingError.
    """
    _require(actor)
    value = validation.secret_value(value)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        secret = secret_locked(secret_id=secret_id)
        secret.version += 1
        secret.data_key = data_key_current(tenant=tenant)
        _set_value(secret, actor, value)
        secret.save()
        _record(secret, actor, SecretAction.ROTATED)
        return secret


def secret_delete(*, tenant: Tenant, actor: Actor, secret_id: UUID, force: bool = False) -> None:
    """Remove a secret with its value. What refers to it fails from then on, until there is one of that name again.

    Raises NotFoundError, AbilityMissingError, and InUseError where something refers to it, unless `force`d.
    """
    _require(actor)
    with tenant_scope(tenant):
        secret = secret_locked(secret_id=secret_id)
        uses = [
            {"kind": use.kind, "id": str(use.object_id), "name": use.label} for use in secret.uses.order_by("label")
        ]
        if uses and not force:
            names = ", ".join(use["name"] for use in uses[:3])
            raise InUseError(f"{len(uses)} things use this secret, such as {names}.", used_by=uses)
        secret.published_version = next_version(secret.published_version)
        _record(secret, actor, SecretAction.DELETED)
        secret.delete()


def _set_value(secret: Secret, actor: Actor, value: str) -> None:
    secret.sealed_value = secret_sealed(value, row=secret, data_key=secret.data_key, version=secret.version)
    secret.rotated_by_id, secret.rotated_at = actor.user_id, timezone.now()
    secret.published_version = next_version(secret.published_version)


def _record(secret: Secret, actor: Actor, action: SecretAction) -> None:
    """Who did what; and whoever has the value in memory is told to forget it."""
    SecretChange.objects.create(
        tenant_id=secret.tenant_id,
        secret_id=secret.pk,
        name=secret.name,
        action=action,
        version=secret.version,
        user_id=actor.user_id,
    )
    if action != SecretAction.DESCRIBED:
        secret_changed(tenant=secret.tenant, name=secret.name, version=secret.published_version)


def _description(text: str) -> str:
    return validation.name(text, field="description", longest=LONGEST_DESCRIPTION) if text.strip() else ""


def _require(actor: Actor) -> None:
    actor.require(Ability.MANAGE_SERVERS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage secrets.", ability="servers")
