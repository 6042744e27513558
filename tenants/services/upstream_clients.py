"""The client that Atrium is at an upstream's authorization server: set by hand, kept as it was registered, and opened
for who talks to that server."""

from typing import Final
from uuid import UUID

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError
from tenants.models import Tenant, UpstreamAccount, UpstreamAuthorization
from tenants.models.upstream_account import AccountStatus, Registration
from tenants.scope import tenant_scope
from tenants.secret_sealing import column_opened, column_sealed
from tenants.selectors.stored_secrets import secret_read
from tenants.selectors.upstream_accounts import authorization_of, upstream_locked
from tenants.services.secret_keys import data_key_current
from tenants.services.secret_uses import secret_uses_set
from tenants.upstream_oauth.clients import Client
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.our_client import document_url

USE_KIND: Final = "upstream sign-in"
LONGEST_CLIENT_ID: Final = 1_000
_COLUMN: Final = "sealed_secret"
_GENERATION: Final = 0


def upstream_client_set(
    *, tenant: Tenant, actor: Actor, upstream_id: UUID, client_id: str, secret_name: str = ""
) -> UpstreamAuthorization:
    """Use a client that was registered by hand at the authorization server that was found; its secret, if any, is
    a secret of the tenant's. An empty `client_id` forgets the client. Everybody has to connect again.

    Raises NotFoundError, InvalidValueError, AbilityMissingError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage upstreams.", ability="servers")
    if len(client_id) > LONGEST_CLIENT_ID or not client_id.isascii() or not client_id.isprintable():
        raise InvalidValueError("A client id has at most 1,000 printable ASCII characters.", field="client_id")
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        known = authorization_of(upstream)
        if known is None:
            raise InvalidValueError("Look up first how the upstream is signed in to.", field="client_id")
        secret_name = _secret_name(secret_name) if client_id else ""
        _uses_set(tenant, known, {secret_name} if secret_name else set())
        _forget(known)
        known.registration = Registration.PREREGISTERED if client_id else ""
        known.client_id, known.secret_name, known.client_issuer = client_id, secret_name, known.issuer
        # What was found out counts no more: the next look sees how this client is to show who it is.
        known.discovered_at = None
        known.save()
        upstream_accounts_expire(known)
        return known


def upstream_client_keep(*, tenant: Tenant, row: UpstreamAuthorization, client: Client | None) -> None:
    """Put a client into a row that is about to be saved; None is that there is none. What was set by hand stays, and
    what was registered at this issuer, also where somebody else was quicker. Part of the service that discovers."""
    if row.registration == Registration.PREREGISTERED:
        if client is not None and client.client_id == row.client_id:
            row.auth_method = client.auth_method
        return
    is_registered = row.registration == Registration.REGISTERED and row.client_issuer == row.issuer
    by_document = client is not None and client.client_id == document_url()
    if is_registered and not by_document:
        return
    _forget(row)
    if client is None:
        return
    row.client_id, row.client_issuer, row.auth_method = client.client_id, row.issuer, client.auth_method
    row.registration = Registration.DOCUMENT if by_document else Registration.REGISTERED
    if client.secret:
        row.data_key = data_key_current(tenant=tenant)
        row.sealed_secret = column_sealed(
            client.secret, row=row, column=_COLUMN, generation=_GENERATION, data_key=row.data_key
        )


def upstream_client_opened(row: UpstreamAuthorization) -> Client:
    """Who Atrium is there, with its secret; `row.data_key` is fetched along. Raises SignInFailed where the tenant's
    secret is gone, SealBrokenError."""
    secret = ""
    if row.sealed_secret is not None and row.data_key is not None:
        secret = column_opened(
            row.sealed_secret, row=row, column=_COLUMN, generation=_GENERATION, data_key=row.data_key
        )
    elif row.secret_name:
        stored = secret_read(name=row.secret_name)
        if stored is None:
            raise SignInFailed("needs_client", f"The secret {row.secret_name} of the client is gone.")
        secret = stored.reveal()
    return Client(row.client_id, row.auth_method, secret)


def upstream_client_forget(*, tenant: Tenant, row: UpstreamAuthorization) -> None:
    """It uses no secret of the tenant's any more. Part of the service that deletes the row."""
    _uses_set(tenant, row, set())


def upstream_accounts_expire(row: UpstreamAuthorization) -> None:
    """Tokens of another authorization server, or of another client, are good for nothing."""
    others = UpstreamAccount.objects.filter(upstream_id=row.upstream_id)
    others.exclude(issuer=row.issuer, client_id=row.client_id).update(
        status=AccountStatus.EXPIRED, sealed_access_token=None, sealed_refresh_token=None, data_key=None
    )


def _forget(row: UpstreamAuthorization) -> None:
    row.registration = row.client_id = row.client_issuer = row.auth_method = row.secret_name = ""
    row.data_key = row.sealed_secret = None


def _secret_name(name: str) -> str:
    try:
        return validation.secret_name(name) if name else ""
    except InvalidValueError as error:
        raise InvalidValueError(error.message, field="secret_name") from error


def _uses_set(tenant: Tenant, row: UpstreamAuthorization, names: set[str]) -> None:
    secret_uses_set(
        tenant=tenant, kind=USE_KIND, object_id=row.pk, label=row.upstream.name, names=names, field="secret_name"
    )
