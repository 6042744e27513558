"""Giving accounts at upstreams up: by whose they are, and with what they belonged to. At once here; the upstream is
told where it wants to be."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from egress.door import Door
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Tenant, UpstreamAccount, UpstreamAuthorization, UpstreamSignIn
from tenants.models.upstream import UpstreamAuth
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.selectors.upstream_accounts import NOTHING_THERE, authorization_of, upstream_locked
from tenants.services.upstream_authorizations import require_may_connect
from tenants.services.upstream_clients import upstream_client_opened
from tenants.services.upstream_tokens import upstream_tokens_opened
from tenants.upstream_oauth.asking import Asker
from tenants.upstream_oauth.clients import Client
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.tokens import revoked

logger = logging.getLogger(__name__)

PATIENCE: Final = 5.0
"""Seconds in which an upstream may hear of it; its tokens are gone here already."""


def upstream_account_disconnect(*, tenant: Tenant, actor: Actor, upstream_id: UUID, door: Door) -> None:
    """Give up the account that this person has at an upstream, or the tenant where it has one account for all. Once
    that is committed, the upstream is told (RFC 7009), as far as it wants to hear.

    Raises NotFoundError, AbilityMissingError.
    """
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        require_may_connect(actor, upstream)
        owner = None if upstream.auth == UpstreamAuth.OAUTH else actor.user_id
        rows = UpstreamAccount.objects.select_for_update(of=("self",)).select_related("data_key")
        account = rows.filter(upstream=upstream, user_id=owner).first()
        if account is None or (owner is None and upstream.auth != UpstreamAuth.OAUTH):
            raise NotFoundError(NOTHING_THERE)
        goodbye = _goodbye(account, authorization_of(upstream), door)
        UpstreamSignIn.objects.filter(upstream=upstream, user_id=actor.user_id).delete()
        account.delete()
        if goodbye is not None:
            transaction.on_commit(goodbye)


def upstream_accounts_of_member_end(*, tenant: Tenant, user_id: UUID) -> None:
    """Whoever leaves takes no account along, and finishes no sign-in. Part of the service that ends a membership."""
    with tenant_scope(tenant):
        UpstreamAccount.objects.filter(user_id=user_id).delete()
        UpstreamSignIn.objects.filter(user_id=user_id).delete()


def _goodbye(account: UpstreamAccount, known: UpstreamAuthorization | None, door: Door) -> Callable[[], None] | None:
    """What tells the upstream; None where it has no ear for it."""
    if known is None or not known.revocation_endpoint:
        return None
    if (account.issuer, account.client_id) != (known.issuer, known.client_id):
        return None
    try:
        access, refresh = upstream_tokens_opened(account)
        client = upstream_client_opened(known)
    except (SealBrokenError, SignInFailed):
        return None
    tokens = [(token, hint) for token, hint in ((refresh, "refresh_token"), (access, "access_token")) if token]
    allowance = account.tenant.egress_allowance
    asker = Asker(door, settings.EGRESS, str(account.tenant_id), allowance, str(account.user_id or ""))
    return partial(_tell, asker, known.revocation_endpoint, client, tokens)


def _tell(asker: Asker, url: str, client: Client, tokens: list[tuple[str, str]]) -> None:
    try:
        asyncio.run(_revoke_all(asker, url, client, tokens))
    except (SignInFailed, TimeoutError) as error:
        logger.info("an upstream was not told of a token that is given up", extra={"reason": type(error).__name__})


async def _revoke_all(asker: Asker, url: str, client: Client, tokens: list[tuple[str, str]]) -> None:
    async with asyncio.timeout(PATIENCE):
        for token, hint in tokens:
            await revoked(asker, url, client, token=token, hint=hint)
