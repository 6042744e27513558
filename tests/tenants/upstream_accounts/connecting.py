"""Connecting accounts, as people do at the pages."""

from typing import Any

from mcp_runtime.contract.upstreams import UpstreamSpec
from tenants.models import Upstream, UpstreamAccount
from tenants.scope import tenant_scope
from tenants.selectors.upstream_accounts import authorization_of
from tenants.services.upstream_authorizations import upstream_authorization_discover
from tenants.services.upstream_sign_ins import (
    Departure,
    mark_of,
    upstream_sign_in_begin,
    upstream_sign_in_complete,
    wanted_scopes,
)
from tenants.services.upstreams import upstream_create
from tests.fixtures.cast import Person
from tests.fixtures.upstream_site import URL, UpstreamSite


def upstream_of(person: Person, auth: str = "oauth_user", *, prefix: str = "crm", url: str = URL) -> Upstream:
    """One that is signed in to with OAuth."""
    tenant, actor = person.company.tenant, person.actor
    return upstream_create(tenant=tenant, actor=actor, prefix=prefix, name=prefix.title(), url=url, auth=auth)


def who(person: Person, upstream: Upstream) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "upstream_id": upstream.pk}


def departed(person: Person, upstream: Upstream, site: UpstreamSite) -> Departure:
    """They looked, agreed and went."""
    known = upstream_authorization_discover(**who(person, upstream), door=site.door())
    mark = mark_of(known, wanted_scopes(known, account_of(person, upstream)))
    return upstream_sign_in_begin(**who(person, upstream), mark=mark)


def arrived(person: Person, parameters: dict[str, str], site: UpstreamSite) -> UpstreamAccount:
    """They are back."""
    tenant, actor = person.company.tenant, person.actor
    return upstream_sign_in_complete(tenant=tenant, actor=actor, parameters=parameters, door=site.door())


def connected(person: Person, upstream: Upstream, site: UpstreamSite) -> UpstreamAccount:
    """All of it."""
    return arrived(person, site.agrees(departed(person, upstream, site).url), site)


def account_of(person: Person, upstream: Upstream) -> UpstreamAccount | None:
    """The account that counts for this person's calls."""
    with tenant_scope(person.company.tenant):
        owner = person.user.pk if upstream.auth == "oauth_user" else None
        return UpstreamAccount.objects.select_related("data_key").filter(upstream=upstream, user_id=owner).first()


def spec_of(upstream: Upstream) -> UpstreamSpec:
    """What a snapshot says of it."""
    return UpstreamSpec(
        id=str(upstream.pk),
        tenant_id=str(upstream.tenant_id),
        prefix=upstream.prefix,
        name=upstream.name,
        url=upstream.url,
        auth=upstream.auth,
    )


def authorization(person: Person, upstream: Upstream) -> Any:
    with tenant_scope(person.company.tenant):
        return authorization_of(upstream)
