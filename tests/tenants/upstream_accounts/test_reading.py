"""What an upstream offers is read with an account, as soon as there is one: the tenant's, or that of somebody who has
one, and never that of another tenant."""

from typing import Any

import pytest

from mcp_runtime.contract.upstreams import UpstreamOffer
from tenants.models import Upstream
from tenants.models.upstream import UpstreamStatus
from tenants.scope import tenant_scope
from tenants.services.upstream_reading import Turn, upstream_read, upstreams_due
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstream_site import URL, UpstreamSite
from tests.tenants.upstream_accounts.connecting import connected, upstream_of
from tests.tenants.upstreams import readers

READER = readers.READER


@pytest.fixture(autouse=True)
def _told(settings: Any) -> None:
    settings.UPSTREAM_READER = f"{readers.__name__}.READER"
    READER.asked.clear()
    READER.answers[URL] = UpstreamOffer(server_info={})


def read(person: Person, upstream: Upstream) -> Upstream:
    upstream_read(turn=Turn(person.company.tenant.pk, upstream.pk))
    with tenant_scope(person.company.tenant):
        return Upstream.objects.get(pk=upstream.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("auth", "by"), [("oauth", "ada"), ("oauth_user", "max")])
def test_it_is_read_with_the_account_that_there_is(cast: Cast, site: UpstreamSite, auth: str, by: str) -> None:
    upstream = upstream_of(cast.ada, auth)
    upstream_of(cast.gus, auth)
    upstreams_due(most=10)
    without = read(cast.ada, upstream)
    assert (without.status, without.reason, READER.asked) == (UpstreamStatus.FAILING, "unauthorized", [])
    account = connected(getattr(cast, by), upstream, site)
    assert [turn.upstream_id for turn in upstreams_due(most=10)] == [upstream.pk]
    assert read(cast.ada, upstream).status == UpstreamStatus.OK
    ((_, _, token),) = READER.asked
    assert token is not None
    assert (token.value, token.account) == (site.issued[0], str(account.pk))
