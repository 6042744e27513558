"""The tokens of accounts at upstreams: kept, opened to be used, refreshed by one at a time, given up.

Refreshing asks others, so no row stays locked meanwhile: whoever refreshes holds the account for a while, and what they
get is kept if the account still has the tokens that they set out with. Nobody else uses its refresh token until then.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from tenants.models import Tenant, Upstream, UpstreamAccount, UpstreamAuthorization
from tenants.models.upstream import UpstreamAuth
from tenants.models.upstream_account import AccountStatus
from tenants.scope import tenant_scope
from tenants.secret_sealing import column_opened, column_sealed
from tenants.selectors.upstream_accounts import authorization_of
from tenants.services.secret_keys import data_key_current
from tenants.services.upstream_clients import upstream_client_opened
from tenants.upstream_oauth.challenges import MOST_SCOPES
from tenants.upstream_oauth.tokens import Endpoint, Tokens

HELD: Final = timedelta(seconds=30)
"""For how long whoever refreshes has the account; asking takes half of it at most (`egress.purposes`)."""
EARLY: Final = timedelta(seconds=30)
"""A token that ends within this is refreshed before it does."""
USED_AT_MOST_EVERY: Final = timedelta(minutes=1)
ACCESS: Final = "sealed_access_token"
REFRESH: Final = "sealed_refresh_token"


@dataclass(frozen=True, slots=True)
class GoodToken:
    """An access token, and for how many seconds it is good; None where nobody said."""

    account_id: str
    value: str = field(repr=False)
    good_for: float | None


@dataclass(frozen=True, slots=True)
class ToRefresh:
    """The account is held by whoever got this: ask the endpoint, and say what came of it."""

    tenant_id: UUID
    account_id: UUID
    generation: int
    endpoint: Endpoint
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BeingRefreshed:
    """Somebody else holds it. Look again in a moment."""


@dataclass(frozen=True, slots=True)
class NoAccount:
    """There is none that could be used. `tenant` is the tenant's slug, `why` none, expired, nobody (is behind the
    call), or scopes, where it has too few."""

    why: str
    tenant: str


Usable = GoodToken | ToRefresh | BeingRefreshed | NoAccount


def upstream_account_use(
    *, tenant_id: UUID, upstream_id: UUID, url: str, user_id: UUID | None, refused: str = "", is_new: bool = False
) -> Usable:
    """What this upstream, at this URL, is spoken to with: a token that is good now and that it has not `refused`, or
    what is to be done first. `is_new`: it was refreshed just now, so that it ends soon is no reason to do so again.

    Raises SealBrokenError, SignInFailed where the client's secret is gone."""
    now = timezone.now()
    with tenant_scope(tenant_id):
        upstream = Upstream.objects.select_related("tenant").filter(pk=upstream_id).first()
        if (
            upstream is None
            or upstream.url != url
            or upstream.auth not in (UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER)
        ):
            return NoAccount("none", "" if upstream is None else upstream.tenant.slug)
        is_tenants = upstream.auth == UpstreamAuth.OAUTH
        if user_id is None and not is_tenants:
            return NoAccount("nobody", upstream.tenant.slug)
        account = _locked(upstream, None if is_tenants else user_id)
        known = authorization_of(upstream)
        if account is None or known is None or not _fits(account, known):
            return NoAccount("none" if account is None else "expired", upstream.tenant.slug)
        return _usable(account, known, refused, now, timedelta(0) if is_new else EARLY) or NoAccount(
            "expired", upstream.tenant.slug
        )


def upstream_account_refreshed(*, held: ToRefresh, tokens: Tokens) -> bool:
    """Keep what a refresh brought. False where the account is gone, or has been connected anew meanwhile."""
    with tenant_scope(held.tenant_id):
        account = _held(held)
        if account is None:
            return False
        before = held.refresh_token if tokens.refresh_token is None else None
        upstream_tokens_keep(tenant=account.tenant, account=account, tokens=tokens, refresh_token=before)
        return True


def upstream_account_not_refreshed(*, held: ToRefresh, is_over: bool) -> None:
    """It brought nothing: the account has expired where the refresh token is good no more, else somebody may try
    again."""
    with tenant_scope(held.tenant_id):
        account = _held(held)
        if account is None:
            return
        account.refreshing_until = None
        if is_over:
            _expire(account)
        account.save()


def upstream_scopes_want(*, tenant_id: UUID, account_id: UUID, scopes: tuple[str, ...]) -> NoAccount:
    """The upstream wants more than this account has: whoever connects it again asks for that, too."""
    with tenant_scope(tenant_id):
        account = UpstreamAccount.objects.select_for_update().filter(pk=account_id).first()
        if account is not None:
            account.wanted_scopes = list(dict.fromkeys([*account.wanted_scopes, *scopes]))[:MOST_SCOPES]
            account.save(update_fields=["wanted_scopes", "updated_at"])
        return NoAccount("scopes", Tenant.objects.get(pk=tenant_id).slug)


def upstream_tokens_keep(
    *, tenant: Tenant, account: UpstreamAccount, tokens: Tokens, refresh_token: str | None = None
) -> None:
    """Put tokens in the place of those that were there, and save. `refresh_token` goes on where no other came."""
    account.generation += 1
    account.status, account.refreshing_until = AccountStatus.CONNECTED, None
    account.data_key = data_key_current(tenant=tenant)
    if account.pk is None:
        account.pk = uuid4()
    seal: dict[str, Any] = {"row": account, "generation": account.generation, "data_key": account.data_key}
    again = tokens.refresh_token or refresh_token
    account.sealed_access_token = column_sealed(tokens.access_token, column=ACCESS, **seal)
    account.sealed_refresh_token = None if again is None else column_sealed(again, column=REFRESH, **seal)
    lasts = None if tokens.expires_in is None else timedelta(seconds=tokens.expires_in)
    account.expires_at = None if lasts is None else timezone.now() + lasts
    if tokens.scopes is not None:
        account.scopes = list(tokens.scopes)
    account.save()


def upstream_tokens_opened(account: UpstreamAccount) -> tuple[str | None, str | None]:
    """The access token and the refresh token; `account.data_key` is fetched along. Raises SealBrokenError."""
    return _opened(account, ACCESS), _opened(account, REFRESH)


def _usable(
    account: UpstreamAccount, known: UpstreamAuthorization, refused: str, now: datetime, early: timedelta
) -> GoodToken | ToRefresh | BeingRefreshed | None:
    """None where it has expired, which is then written down."""
    access, refresh = upstream_tokens_opened(account)
    left = None if account.expires_at is None else account.expires_at - now
    is_refused = access is None or access == refused
    is_over = is_refused or (left is not None and left <= timedelta(0))
    is_ending = is_over or (left is not None and left <= early)
    may_refresh = refresh is not None and (account.refreshing_until is None or account.refreshing_until <= now)
    if is_ending and may_refresh and refresh is not None:
        account.refreshing_until = now + HELD
        account.save(update_fields=["refreshing_until", "updated_at"])
        endpoint = Endpoint(known.token_endpoint, upstream_client_opened(known), known.resource)
        return ToRefresh(account.tenant_id, account.pk, account.generation, endpoint, refresh)
    if not is_over and access is not None:
        _note_use(account, now)
        return GoodToken(str(account.pk), access, None if left is None else left.total_seconds())
    if refresh is not None:
        return BeingRefreshed()
    _expire(account)
    account.save()
    return None


def _expire(account: UpstreamAccount) -> None:
    account.status, account.expires_at = AccountStatus.EXPIRED, None
    account.sealed_access_token = account.sealed_refresh_token = account.data_key = None


def _fits(account: UpstreamAccount, known: UpstreamAuthorization) -> bool:
    """Its tokens are of this server, for this client and this URL, and there are any."""
    same = (account.url, account.issuer, account.client_id) == (known.url, known.issuer, known.client_id)
    return same and account.status == AccountStatus.CONNECTED and account.data_key_id is not None


def _locked(upstream: Upstream, user_id: UUID | None) -> UpstreamAccount | None:
    which = Q(user=None) if user_id is None else Q(user_id=user_id)
    rows = UpstreamAccount.objects.select_for_update(of=("self",)).select_related("data_key")
    found: UpstreamAccount | None = rows.filter(which, upstream=upstream).first()
    return found


def _held(held: ToRefresh) -> UpstreamAccount | None:
    rows = UpstreamAccount.objects.select_for_update(of=("self",)).select_related("tenant")
    found: UpstreamAccount | None = rows.filter(pk=held.account_id, generation=held.generation).first()
    return found if found is not None and found.status == AccountStatus.CONNECTED else None


def _opened(account: UpstreamAccount, column: str) -> str | None:
    sealed = getattr(account, column)
    if sealed is None or account.data_key is None:
        return None
    return column_opened(sealed, row=account, column=column, generation=account.generation, data_key=account.data_key)


def _note_use(account: UpstreamAccount, now: datetime) -> None:
    if account.last_used_at is None or now - account.last_used_at >= USED_AT_MOST_EVERY:
        account.last_used_at = now
        account.save(update_fields=["last_used_at", "updated_at"])
