"""Connecting an account at an upstream: a person agrees, is sent to its authorization server, and comes back.

Nothing is written down before they agreed to what the page showed them; what is written down is used once, by the same
person, within ten minutes, and the answer is held to it.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from egress.door import Door
from tenants import sealing
from tenants.actor import Actor
from tenants.errors import InvalidValueError, NotFoundError, UpstreamSignInError
from tenants.models import Tenant, Upstream, UpstreamAccount, UpstreamAuthorization, UpstreamSignIn
from tenants.models.upstream import UpstreamAuth
from tenants.scope import tenant_scope
from tenants.selectors.members import member_locked
from tenants.selectors.upstream_accounts import authorization_of, upstream_locked
from tenants.services.upstream_authorizations import is_fresh, require_may_connect
from tenants.services.upstream_clients import upstream_client_opened
from tenants.services.upstream_standing import upstream_read_next
from tenants.services.upstream_tokens import upstream_tokens_keep
from tenants.upstream_oauth.asking import Asker
from tenants.upstream_oauth.authorization_requests import authorization_url, code_of, random_text
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.our_client import redirect_uri
from tenants.upstream_oauth.tokens import Endpoint, Tokens, code_redeemed

GOOD_FOR: Final = timedelta(minutes=10)
MOST_AT_ONCE: Final = 10
"""Of one person in one tenant; older ones are given up."""
_COLUMN: Final = "sealed_verifier"
START_AGAIN: Final = "This sign-in has ended, or was begun by somebody else or in another browser. Start again."


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the person is sent, and the state by which they are known when they come back."""

    url: str = field(repr=False)
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a code is redeemed with."""

    sign_in: UpstreamSignIn
    endpoint: Endpoint
    code: str = field(repr=False)
    verifier: str = field(repr=False)


def wanted_scopes(known: UpstreamAuthorization, account: UpstreamAccount | None) -> list[str]:
    """What is asked for: what the upstream wants, with all that this account has had and has been asked for since."""
    more = [] if account is None else [*account.scopes, *account.wanted_scopes]
    return list(dict.fromkeys([*known.scopes, *more]))


def mark_of(known: UpstreamAuthorization, scopes: list[str]) -> str:
    """A mark of all that a person agrees to: another one where any of it has changed."""
    facts = [known.url, known.resource, known.issuer, known.authorization_endpoint, known.client_id, *scopes]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def upstream_sign_in_begin(*, tenant: Tenant, actor: Actor, upstream_id: UUID, mark: str) -> Departure:
    """The person has agreed to what this is the mark of, and goes. Raises NotFoundError, AbilityMissingError, and
    InvalidValueError where it has changed meanwhile, or nothing is known that counts."""
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        require_may_connect(actor, upstream)
        user_id = _person(actor)
        known = authorization_of(upstream)
        if known is None or not is_fresh(known):
            raise InvalidValueError("Look up first how the upstream is signed in to.", field="mark")
        scopes = wanted_scopes(known, _account(upstream, user_id))
        if mark != mark_of(known, scopes):
            raise InvalidValueError("What you agree to has changed. Look at it again.", field="mark")
        return _departure(upstream, known, user_id, scopes)


def upstream_sign_in_complete(
    *, tenant: Tenant, actor: Actor, parameters: dict[str, str], door: Door
) -> UpstreamAccount:
    """The person is back, with what the authorization server answers; whatever it is, the sign-in has ended. Open no
    scope around it. Raises UpstreamSignInError, NotFoundError, AbilityMissingError."""
    with tenant_scope(tenant):
        sign_in = _taken(_person(actor), parameters.get("state", ""), timezone.now())
    try:
        with tenant_scope(tenant):
            errand = _errand(sign_in, parameters)
        asker = Asker(door, settings.EGRESS, str(tenant.pk), tenant.egress_allowance, str(sign_in.user_id))
        given = {"code": errand.code, "verifier": errand.verifier, "redirect_uri": sign_in.redirect_uri}
        tokens = asyncio.run(code_redeemed(asker, errand.endpoint, **given))
    except SignInFailed as error:
        raise UpstreamSignInError(str(error), reason=error.reason) from error
    with tenant_scope(tenant):
        return _connected(tenant, actor, sign_in, tokens)


def _departure(upstream: Upstream, known: UpstreamAuthorization, user_id: UUID, scopes: list[str]) -> Departure:
    now, state, verifier, row_id = timezone.now(), random_text(), random_text(), uuid4()
    mine = UpstreamSignIn.objects.filter(user_id=user_id).order_by("-created_at")
    kept = mine.filter(expires_at__gt=now).values_list("pk", flat=True)[: MOST_AT_ONCE - 1]
    mine.exclude(pk__in=list(kept)).delete()
    place: dict[str, Any] = {"tenant_id": upstream.tenant_id, "row_id": row_id, "column": _COLUMN}
    sign_in = UpstreamSignIn.objects.create(
        id=row_id,
        tenant_id=upstream.tenant_id,
        state=state,
        upstream=upstream,
        user_id=user_id,
        is_for_tenant=upstream.auth == UpstreamAuth.OAUTH,
        url=known.url,
        issuer=known.issuer,
        client_id=known.client_id,
        redirect_uri=redirect_uri(),
        scopes=scopes,
        sealed_verifier=sealing.seal(verifier.encode(), **place),
        expires_at=now + GOOD_FOR,
    )
    url = authorization_url(
        known.authorization_endpoint,
        client_id=known.client_id,
        redirect_uri=sign_in.redirect_uri,
        resource=known.resource,
        scopes=scopes,
        state=state,
        verifier=verifier,
    )
    return Departure(url, state)


def _taken(user_id: UUID, state: str, now: datetime) -> UpstreamSignIn:
    """The sign-in of this state, which is there no more. Raises UpstreamSignInError."""
    found: UpstreamSignIn | None = UpstreamSignIn.objects.select_for_update().filter(state=state).first()
    if found is None or found.user_id != user_id or found.expires_at <= now:
        raise UpstreamSignInError(START_AGAIN, reason="state")
    # A copy that keeps its id: deleting takes that away.
    taken = UpstreamSignIn(**{each.attname: getattr(found, each.attname) for each in found._meta.concrete_fields})
    found.delete()
    return taken


def _errand(sign_in: UpstreamSignIn, parameters: dict[str, str]) -> _Errand:
    """What the answer is redeemed with, where it is of the very server that the person was sent to."""
    upstream = upstream_locked(upstream_id=sign_in.upstream_id)
    known = authorization_of(upstream)
    code = code_of(parameters, issuer=sign_in.issuer, sends_issuer=known is not None and known.sends_issuer)
    if known is None or (known.url, known.issuer, known.client_id) != _binding(sign_in):
        raise SignInFailed("issuer_mismatch", "How the upstream is signed in to has changed meanwhile. Start again.")
    place: dict[str, Any] = {"tenant_id": sign_in.tenant_id, "row_id": sign_in.pk, "column": _COLUMN}
    verifier = sealing.unseal(sign_in.sealed_verifier, **place).decode()
    endpoint = Endpoint(known.token_endpoint, upstream_client_opened(known), known.resource)
    return _Errand(sign_in, endpoint, code, verifier)


def _connected(tenant: Tenant, actor: Actor, sign_in: UpstreamSignIn, tokens: Tokens) -> UpstreamAccount:
    """Kept, where the person may still connect it, and the upstream is still there, at the same URL."""
    upstream = upstream_locked(upstream_id=sign_in.upstream_id)
    require_may_connect(actor, upstream)
    member_locked(user_id=sign_in.user_id)
    known = authorization_of(upstream)
    if known is None or (known.url, known.issuer, known.client_id) != _binding(sign_in):
        raise NotFoundError("The upstream was changed meanwhile. Start again.")
    if sign_in.is_for_tenant != (upstream.auth == UpstreamAuth.OAUTH):
        raise NotFoundError("The upstream was changed meanwhile. Start again.")
    owner = None if sign_in.is_for_tenant else sign_in.user_id
    account = UpstreamAccount.objects.select_for_update().filter(upstream=upstream, user_id=owner).first()
    if account is None:
        account = UpstreamAccount(tenant=tenant, upstream=upstream, user_id=owner, generation=0)
    account.url, account.issuer, account.client_id = _binding(sign_in)
    account.scopes, account.wanted_scopes = sign_in.scopes, []
    account.connected_at = timezone.now()
    upstream_tokens_keep(tenant=tenant, account=account, tokens=tokens)
    upstream_read_next(upstream)
    return account


def _account(upstream: Upstream, user_id: UUID) -> UpstreamAccount | None:
    owner = None if upstream.auth == UpstreamAuth.OAUTH else user_id
    found: UpstreamAccount | None = UpstreamAccount.objects.filter(upstream=upstream, user_id=owner).first()
    return found


def _binding(sign_in: UpstreamSignIn) -> tuple[str, str, str]:
    return sign_in.url, sign_in.issuer, sign_in.client_id


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFoundError("Only a person connects an account.")
    return actor.user_id
