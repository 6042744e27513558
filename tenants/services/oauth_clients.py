"""OAuth clients that a tenant sets up for itself. They are good for its own servers, and for no other tenant's."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.client_secret_hasher import ALGORITHM
from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NameTakenError
from tenants.models import Application, Connection, Grant, Tenant
from tenants.models.application import AuthMethod
from tenants.models.grant import SubjectKind
from tenants.publishing.changes import servers_changed
from tenants.redirect_uris import check_redirect_uris
from tenants.scope import tenant_scope
from tenants.selectors.oauth_clients import oauth_client_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.connection_ending import connections_end
from tenants.token_format import Prefix, new_secret

MOST: Final = 100
"""How many clients a tenant may set up."""
MADE_BEFORE: Final = (
    "This was sent before, and made one client, which is in the list. Its secret can't be shown again: give that "
    "client another one if you did not copy it."
)


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A client with its secret, which can't be had again; None where it has none."""

    oauth_client: Application
    secret: str | None = field(repr=False)


def oauth_client_create(
    *,
    tenant: Tenant,
    actor: Actor,
    name: str,
    redirect_uris: Sequence[str],
    auth_method: str = AuthMethod.NONE,
    oauth_client_id: UUID | None = None,
) -> IssuedClient:
    """A client for the tenant's own servers: public where it authenticates by `none`, else with a secret. An id
    that the caller made up names it ahead, so that asking twice makes one.

    Raises InvalidValueError, NameTakenError for an id that is in use, LimitReachedError, AbilityMissingError.
    """
    _require(actor)
    chosen = AuthMethod(validation.choice(auth_method, AuthMethod.values, field="auth_method"))
    secret = None if chosen is AuthMethod.NONE else new_secret(Prefix.CLIENT)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        if Application.objects.count() >= MOST:
            raise LimitReachedError(f"A tenant has {MOST} OAuth clients at most.", limit="oauth_clients", maximum=MOST)
        if Application.objects.filter(pk=oauth_client_id).exists():
            raise NameTakenError(MADE_BEFORE, field="oauth_client_id")
        client = Application.objects.create(
            id=oauth_client_id or uuid4(),
            tenant=tenant,
            client_id=secrets.token_hex(16),
            name=validation.name(name),
            redirect_uris=" ".join(check_redirect_uris(redirect_uris)),
            auth_method=chosen,
            client_type=Application.CLIENT_PUBLIC if secret is None else Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            **_stored(secret),
        )
        return IssuedClient(oauth_client=client, secret=secret)


def oauth_client_update(
    *,
    tenant: Tenant,
    actor: Actor,
    oauth_client_id: UUID,
    name: str | None = None,
    redirect_uris: Sequence[str] | None = None,
) -> Application:
    """Change what is given; other redirect URIs count at once. Raises NotFoundError, InvalidValueError."""
    _require(actor)
    with tenant_scope(tenant):
        client = oauth_client_locked(oauth_client_id=oauth_client_id)
        if name is not None:
            client.name = validation.name(name)
        if redirect_uris is not None:
            client.redirect_uris = " ".join(check_redirect_uris(redirect_uris))
        client.save(update_fields=["name", "redirect_uris", "updated"])
        return client


def oauth_client_secret_rotate(*, tenant: Tenant, actor: Actor, oauth_client_id: UUID) -> IssuedClient:
    """Another secret; the one before is good for nothing from now on. Connections and tokens stay.

    Raises NotFoundError, InvalidValueError for a public client.
    """
    _require(actor)
    with tenant_scope(tenant):
        client = oauth_client_locked(oauth_client_id=oauth_client_id)
        if client.auth_method == AuthMethod.NONE:
            raise InvalidValueError("This client is public: it has no secret.", field="auth_method")
        secret = new_secret(Prefix.CLIENT)
        client.client_secret = _stored(secret)["client_secret"]
        client.save(update_fields=["client_secret", "updated"])
        return IssuedClient(oauth_client=client, secret=secret)


def oauth_client_delete(*, tenant: Tenant, actor: Actor, oauth_client_id: UUID) -> None:
    """Remove a client. Its connections, tokens and grants end with it, everywhere, within seconds.

    Raises NotFoundError.
    """
    _require(actor)
    with tenant_scope(tenant):
        # First its connections, then the client: whoever gives out tokens locks them in this order.
        live = Connection.objects.filter(application_id=oauth_client_id, revoked_at=None).order_by("pk")
        list(live.select_for_update().values_list("pk", flat=True))
        client = oauth_client_locked(oauth_client_id=oauth_client_id)
        connections_end(Connection.objects.filter(application_id=client.pk), now=timezone.now())
        grants = Grant.objects.filter(subject_kind=SubjectKind.CLIENT, subject=client.client_id)
        if grants.delete()[0]:
            servers_changed(tenant=tenant)
        client.delete()


def _require(actor: Actor) -> None:
    actor.require(Ability.MANAGE_SERVERS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage OAuth clients.", ability="servers")


def _stored(secret: str | None) -> dict[str, Any]:
    """The columns of a secret, hashed, or of none."""
    if secret is None:
        return {"client_secret": "", "hash_client_secret": False}
    return {"client_secret": make_password(secret, hasher=ALGORITHM), "hash_client_secret": True}
