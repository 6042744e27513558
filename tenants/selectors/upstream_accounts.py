"""Accounts at upstreams, in their tenant's scope. None of these opens a token."""

from typing import Final
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from tenants.errors import NotFoundError
from tenants.models import Upstream, UpstreamAccount, UpstreamAuthorization
from tenants.models.upstream import UpstreamAuth
from tenants.models.upstream_account import AccountStatus

NOTHING_THERE: Final = "There is no such upstream, or no account there."
_SEALED: Final = ("sealed_access_token", "sealed_refresh_token")


def upstreams_for_person(*, user_id: UUID | None) -> QuerySet[Upstream]:
    """The upstreams to which everybody brings an account of their own, by name, with what this person has there as
    `own_accounts`: one, or none."""
    return _with_accounts(Upstream.objects.filter(auth=UpstreamAuth.OAUTH_USER), Q(user_id=user_id, user__isnull=False))


def upstream_for_person(*, upstream_id: UUID, user_id: UUID | None) -> Upstream:
    """One of them. Raises NotFoundError."""
    return _found(upstreams_for_person(user_id=user_id), upstream_id)


def upstream_for_tenant(*, upstream_id: UUID) -> Upstream:
    """One that is signed in to with OAuth, as the tenant or as each person, with the tenant's account as `own_accounts`
    and with `people`, how many persons have connected. Raises NotFoundError."""
    rows = Upstream.objects.filter(auth__in=(UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER))
    connected = Q(accounts__user__isnull=False, accounts__status=AccountStatus.CONNECTED)
    return _found(_with_accounts(rows.annotate(people=Count("accounts", filter=connected)), Q(user=None)), upstream_id)


def upstream_locked(*, upstream_id: UUID) -> Upstream:
    """One that is signed in to with OAuth, locked until the scope ends. Raises NotFoundError."""
    rows = Upstream.objects.select_for_update().filter(auth__in=(UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER))
    return _found(rows, upstream_id)


def own_account(upstream: Upstream) -> UpstreamAccount | None:
    """The account that was fetched along with the upstream."""
    accounts: list[UpstreamAccount] = upstream.own_accounts  # type: ignore[attr-defined]
    return accounts[0] if accounts else None


def authorization_of(upstream: Upstream) -> UpstreamAuthorization | None:
    """What is known of signing in to it at the URL that it has now."""
    found: UpstreamAuthorization | None = (
        UpstreamAuthorization.objects.select_related("data_key").filter(upstream_id=upstream.pk).first()
    )
    return found if found is not None and found.url == upstream.url else None


def _with_accounts(rows: QuerySet[Upstream], which: Q) -> QuerySet[Upstream]:
    accounts = UpstreamAccount.objects.filter(which).defer(*_SEALED)
    return rows.prefetch_related(Prefetch("accounts", queryset=accounts, to_attr="own_accounts")).order_by("name", "pk")


def _found(rows: QuerySet[Upstream], upstream_id: UUID) -> Upstream:
    upstream = rows.filter(pk=upstream_id).first()
    if upstream is None:
        raise NotFoundError(NOTHING_THERE)
    return upstream
