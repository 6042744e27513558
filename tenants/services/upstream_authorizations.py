"""How an upstream is signed in to: found out, kept while it counts, and forgotten with where it is.

What is asked of others is asked in no scope: a transaction would wait for a stranger's server.
"""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from egress.door import Door
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, NotFoundError, UpstreamSignInError
from tenants.models import Tenant, Upstream, UpstreamAccount, UpstreamAuthorization, UpstreamSignIn
from tenants.models.upstream import UpstreamAuth
from tenants.models.upstream_account import Registration
from tenants.scope import tenant_scope
from tenants.selectors.upstream_accounts import authorization_of, upstream_locked
from tenants.services.upstream_clients import (
    upstream_accounts_expire,
    upstream_client_forget,
    upstream_client_keep,
)
from tenants.upstream_oauth.asking import Asker
from tenants.upstream_oauth.clients import Client, method_for, registered
from tenants.upstream_oauth.discovery import Discovery, discovered
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.our_client import document_url

FRESH: Final = timedelta(hours=1)
"""For how long what was found out counts."""


def require_may_connect(actor: Actor, upstream: Upstream) -> None:
    """Connect, or disconnect, the account that its calls are made with: the tenant's, or one's own. Raises
    AbilityMissingError."""
    actor.require(Ability.MANAGE_SERVERS if upstream.auth == UpstreamAuth.OAUTH else Ability.CALL_TOOLS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage accounts.", ability="servers")


def upstream_authorization_discover(
    *, tenant: Tenant, actor: Actor, upstream_id: UUID, door: Door, anew: bool = False
) -> UpstreamAuthorization:
    """Find out how to sign in to an upstream, unless that was done within the hour, and become a client there where it
    can be done without anybody's help. For whoever may connect an account. Open no scope around it.

    Raises NotFoundError, AbilityMissingError, UpstreamSignInError.
    """
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        require_may_connect(actor, upstream)
        known = authorization_of(upstream)
    if known is not None and not anew and is_fresh(known):
        return known
    asker = Asker(door, settings.EGRESS, str(tenant.pk), tenant.egress_allowance, str(actor.user_id or ""))
    try:
        found, client = asyncio.run(_found_out(asker, upstream.url, known))
    except SignInFailed as error:
        raise UpstreamSignInError(str(error), reason=error.reason) from error
    with tenant_scope(tenant):
        return _kept(tenant, upstream, found, client)


def upstream_authorization_forget(*, tenant: Tenant, upstream: Upstream) -> None:
    """Nothing is known any more of signing in to it, and every account at it is gone. Part of the service that deletes
    it, or changes where or how it is reached."""
    with tenant_scope(tenant):
        UpstreamAccount.objects.filter(upstream_id=upstream.pk).delete()
        UpstreamSignIn.objects.filter(upstream_id=upstream.pk).delete()
        for known in UpstreamAuthorization.objects.select_related("upstream").filter(upstream_id=upstream.pk):
            upstream_client_forget(tenant=tenant, row=known)
            known.delete()


def is_fresh(known: UpstreamAuthorization) -> bool:
    """Whether what was found out still counts, and there is a client."""
    return known.discovered_at is not None and bool(known.client_id) and timezone.now() - known.discovered_at < FRESH


async def _found_out(asker: Asker, url: str, known: UpstreamAuthorization | None) -> tuple[Discovery, Client | None]:
    found = await discovered(asker, url, [known.client_issuer] if known is not None else [])
    if known is None or known.registration != Registration.PREREGISTERED:
        return found, await _client_by_itself(asker, found, known)
    if known.client_issuer != found.server.issuer:
        text = f"The client was registered at {known.client_issuer}, and the upstream now has {found.server.issuer}."
        raise SignInFailed("needs_client", f"{text} Register one there, and enter its client id.")
    return found, Client(known.client_id, method_for(found.server.auth_methods, has_secret=bool(known.secret_name)))


async def _client_by_itself(asker: Asker, found: Discovery, known: UpstreamAuthorization | None) -> Client | None:
    """By our document, as the client that was registered before, or by registering; None where none of it goes."""
    published = document_url()
    if found.server.takes_documents and published is not None:
        return Client(published)
    is_registered = known is not None and known.registration == Registration.REGISTERED
    if known is not None and is_registered and known.client_issuer == found.server.issuer:
        return Client(known.client_id, known.auth_method)
    return await registered(asker, found.server) if found.server.registration_endpoint else None


def _kept(tenant: Tenant, seen: Upstream, found: Discovery, client: Client | None) -> UpstreamAuthorization:
    """Written down, unless the upstream has another URL by now."""
    upstream = upstream_locked(upstream_id=seen.pk)
    if upstream.url != seen.url:
        raise NotFoundError("The upstream was changed meanwhile. Try again.")
    row: UpstreamAuthorization = UpstreamAuthorization.objects.filter(upstream=upstream).first() or (
        UpstreamAuthorization(tenant=tenant, upstream=upstream)
    )
    server = found.server
    row.url, row.resource, row.issuer, row.scopes = upstream.url, found.resource, server.issuer, list(found.scopes)
    row.authorization_endpoint, row.token_endpoint = server.authorization_endpoint, server.token_endpoint
    row.revocation_endpoint, row.sends_issuer = server.revocation_endpoint, server.sends_issuer
    row.discovered_at = timezone.now()
    upstream_client_keep(tenant=tenant, row=row, client=client)
    row.save()
    upstream_accounts_expire(row)
    return row
