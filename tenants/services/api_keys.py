"""API keys: a program acts as the person who made the key, and never more than they may."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.utils import timezone

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.api_key_format import generate_key
from tenants.errors import AbilityMissingError, AlreadyEndedError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import ApiKey, Server, Tenant
from tenants.publishing.changes import api_keys_changed
from tenants.scope import tenant_scope
from tenants.selectors.api_keys import api_key_locked
from tenants.selectors.members import member_locked
from tenants.services.api_key_issue import ApiKeyChoices, IssuedApiKey, api_key_issue

LIFETIME: Final = timedelta(days=90)
LONGEST_LIFETIME: Final = timedelta(days=3650)
OVERLAP: Final = timedelta(days=1)
LONGEST_OVERLAP: Final = timedelta(days=30)

MADE_BEFORE: Final = (
    "This was sent before, and made one key, which is in the list. Its secret can't be shown again: revoke that key if "
    "you did not copy it, and make another one."
)

SCOPE_NEEDS: Final = {
    "mcp:read": Ability.CALL_TOOLS,
    "mcp:call": Ability.CALL_TOOLS,
    "manage:read": None,
    "manage:write": Ability.MANAGE_SERVERS,
    "manage:access": Ability.MANAGE_MEMBERS,
}
"""What a key may be asked to do, and the ability that whoever makes it must have."""


def api_key_create(  # noqa: PLR0913 - what may be chosen for a key, each by name
    *,
    tenant: Tenant,
    actor: Actor,
    name: str,
    scopes: Sequence[str],
    servers: Sequence[Server] | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    address_ranges: Sequence[str] = (),
    family: UUID | None = None,
) -> IssuedApiKey:
    """A new key for the actor themselves; its secret is in the answer and nowhere else.

    `servers` None is good for all of the tenant's. Ninety days unless another end is chosen. A `family` that the caller
    made up names the key ahead, so that asking twice makes one. Raises InvalidValueError, NameTakenError for a family
    that has a key, NotFoundError for a server, AbilityMissingError for a scope or server beyond the actor's own.
    """
    actor.require(Ability.MANAGE_OWN_KEYS)
    if actor.user_id is None:
        raise AbilityMissingError("A key belongs to a person.", ability=Ability.MANAGE_OWN_KEYS.value)
    choices = ApiKeyChoices(
        name=validation.name(name, longest=100),
        scopes=_scopes(actor, scopes),
        address_ranges=tuple(validation.address_ranges(address_ranges)),
        expires_at=None if never_expires else _end(expires_at),
        family=family or uuid4(),
    )
    with tenant_scope(tenant):
        membership = member_locked(user_id=actor.user_id)
        if ApiKey.objects.filter(family=choices.family).exists():
            raise NameTakenError(MADE_BEFORE, field="family")
        ids = _server_ids(actor, servers)
        return api_key_issue(
            tenant=tenant, user_id=membership.user_id, choices=choices, server_ids=ids, secret=generate_key()
        )


def api_key_rotate(*, tenant: Tenant, actor: Actor, api_key_id: UUID, overlap: timedelta = OVERLAP) -> IssuedApiKey:
    """A new secret for the same purpose; the old one goes on for the overlap. Sessions, jobs and grants stay.

    Only for one's own keys: whoever holds a secret acts as the key's person. Raises NotFoundError, AlreadyEndedError,
    AbilityMissingError, InvalidValueError.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidValueError(f"Use at most {LONGEST_OVERLAP.days} days.", field="overlap")
    with tenant_scope(tenant):
        old = api_key_locked(actor=actor, api_key_id=api_key_id)
        _check_rotatable(actor, old)
        member_locked(user_id=old.user_id)
        now = timezone.now()
        choices = ApiKeyChoices(
            name=old.name,
            scopes=tuple(old.scopes),
            address_ranges=tuple(old.address_ranges),
            expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
            family=old.family,
        )
        ids = None if old.all_servers else list(old.servers.values_list("pk", flat=True))
        ApiKey.objects.filter(pk=old.pk).update(expires_at=_earlier(old.expires_at, now + overlap), rotated_at=now)
        api_keys_changed(ApiKey.objects.filter(pk=old.pk))
        return api_key_issue(tenant=tenant, user_id=old.user_id, choices=choices, server_ids=ids, secret=generate_key())


def api_key_revoke(*, tenant: Tenant, actor: Actor, api_key_id: UUID) -> ApiKey:
    """End a key now, everywhere, within seconds. Revoking it again changes nothing. Raises NotFoundError."""
    with tenant_scope(tenant):
        api_key = api_key_locked(actor=actor, api_key_id=api_key_id)
        if api_key.revoked_at is None:
            api_key.revoked_at = timezone.now()
            api_key.save(update_fields=["revoked_at", "updated_at"])
            api_keys_changed(ApiKey.objects.filter(pk=api_key.pk))
        return api_key


def _check_rotatable(actor: Actor, api_key: ApiKey) -> None:
    if api_key.user_id != actor.user_id:
        raise AbilityMissingError("Only its own person rotates a key.", ability=Ability.MANAGE_OWN_KEYS.value)
    if _may_more(api_key, actor):
        raise AbilityMissingError("A key may not renew one that may more than itself.", ability="scopes")
    if api_key.rotated_at is not None or api_key.revoked_at is not None:
        raise AlreadyEndedError("This key was rotated or revoked before.")
    if api_key.expires_at is not None and api_key.expires_at <= timezone.now():
        raise AlreadyEndedError("This key has expired.")


def _may_more(api_key: ApiKey, actor: Actor) -> bool:
    """True where the key has scopes beyond those of the one by which the actor acts. Keys for servers beyond it are
    not the actor's to see (`api_key_list`)."""
    return actor.scopes is not None and not set(api_key.scopes) <= actor.scopes


def _scopes(actor: Actor, scopes: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(scopes))
    if not chosen:
        raise InvalidValueError("Choose at least one scope.", field="scopes")
    for scope in chosen:
        need = SCOPE_NEEDS[validation.choice(scope, SCOPE_NEEDS, field="scopes")]
        beyond_key = actor.scopes is not None and scope not in actor.scopes
        if beyond_key or (need is not None and not actor.may(need)):
            raise AbilityMissingError(f"You may not give a key the scope {scope}.", ability=scope)
    return chosen


def _end(chosen: datetime | None) -> datetime:
    now = timezone.now()
    if chosen is not None and chosen <= now:
        raise InvalidValueError("This is in the past.", field="expires_at")
    if chosen is not None and chosen - now > LONGEST_LIFETIME:
        raise InvalidValueError(f"Use at most {LONGEST_LIFETIME.days} days, or no end at all.", field="expires_at")
    return chosen or now + LIFETIME


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _server_ids(actor: Actor, servers: Sequence[Server] | None) -> list[UUID] | None:
    if servers is None:
        return None if actor.servers is None else sorted(actor.servers)
    wanted = {server.pk for server in servers}
    if not wanted or Server.objects.filter(pk__in=wanted).count() != len(wanted):
        raise NotFoundError("There is no such server.")
    if actor.servers is not None and not wanted <= actor.servers:
        raise AbilityMissingError("A key may not make one for servers beyond its own.", ability="servers")
    return sorted(wanted)
