"""An upstream that is signed in to with OAuth, and an account there, whose tokens nobody may ever see."""

from dataclasses import dataclass

from django.utils import timezone

from tenants.models import Upstream, UpstreamAccount, UpstreamAuthorization
from tenants.scope import tenant_scope
from tenants.services.upstream_sign_ins import mark_of, wanted_scopes
from tenants.services.upstream_tokens import upstream_tokens_keep
from tenants.services.upstreams import upstream_create
from tenants.upstream_oauth.tokens import Tokens
from tests.fixtures.cast import Person


@dataclass(frozen=True)
class SignedIn:
    """The account is the person's own, or the tenant's."""

    upstream: Upstream
    account: UpstreamAccount
    tokens: set[str]
    agreed: str
    """The mark of what the page says before one goes."""


def signed_in_to(person: Person, auth: str, mark: str) -> SignedIn:
    """One of this company."""
    tenant, prefix = person.company.tenant, f"{auth.replace('_', '-')}-{mark}"[:24]
    url = f"https://{auth.replace('_', '-')}-{mark}.example.com/mcp"
    upstream = upstream_create(
        tenant=tenant, actor=person.actor, prefix=prefix, name=f"Accounts {mark}", url=url, auth=auth
    )
    tokens = Tokens(f"access-{auth}-{mark[::-1]}", f"refresh-{auth}-{mark[::-1]}")
    with tenant_scope(tenant):
        known = UpstreamAuthorization.objects.create(
            tenant=tenant,
            upstream=upstream,
            url=url,
            resource=url,
            issuer=f"https://auth-{mark}.example.com",
            authorization_endpoint=f"https://auth-{mark}.example.com/authorize",
            token_endpoint=f"https://auth-{mark}.example.com/token",
            scopes=["read"],
            registration="dcr",
            client_id=f"client-{mark}",
            client_issuer=f"https://auth-{mark}.example.com",
            auth_method="none",
            discovered_at=timezone.now(),
        )
        account = UpstreamAccount(
            tenant=tenant,
            upstream=upstream,
            user=person.user if auth == "oauth_user" else None,
            generation=0,
            url=url,
            issuer=known.issuer,
            client_id=known.client_id,
            scopes=["read"],
            connected_at=timezone.now(),
        )
        upstream_tokens_keep(tenant=tenant, account=account, tokens=tokens)
    agreed = mark_of(known, wanted_scopes(known, account))
    return SignedIn(upstream, account, {tokens.access_token, tokens.refresh_token or ""}, agreed)
