"""Tokens for the runtime: good now, refreshed once however many ask, and of nobody else."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from mcp_runtime.contract.upstreams import AccountMissing, UpstreamAccounts, UpstreamToken, UpstreamUnreachable
from tenants.models import Upstream, UpstreamAccount
from tenants.runtime_ports import upstream_accounts as port
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.upstream_accounts import DatabaseUpstreamAccounts
from tenants.scope import tenant_scope
from tenants.services.secret_keys import data_keys_renew
from tenants.services.upstream_accounts import upstream_account_disconnect
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstream_site import ISSUER, Said, UpstreamSite
from tests.tenants.upstream_accounts.connecting import account_of, connected, spec_of, upstream_of, who

# The threads have connections of their own, so they see only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)


class Replica:
    """What one process asks."""

    def __init__(self, threads: DatabaseThreads, site: UpstreamSite) -> None:
        self.threads, self.site = threads, site

    def accounts(self) -> DatabaseUpstreamAccounts:
        return DatabaseUpstreamAccounts(self.threads, self.site.door())

    def token(self, upstream: Upstream, person: Person | None, refused: str = "") -> UpstreamToken:
        accounts: UpstreamAccounts = self.accounts()
        user_id = None if person is None else str(person.user.pk)
        return asyncio.run(accounts.token(spec_of(upstream), user_id, refused=refused))

    def missing(self, upstream: Upstream, person: Person | None, refused: str = "") -> AccountMissing:
        with pytest.raises(AccountMissing) as caught:
            self.token(upstream, person, refused)
        return caught.value


@pytest.fixture
def replica(site: UpstreamSite) -> Iterator[Replica]:
    threads = DatabaseThreads(threads=1 if connection.vendor == "sqlite" else 4)
    yield Replica(threads, site)
    threads.close()


def ends_in(person: Person, upstream: Upstream, seconds: float | None) -> None:
    with tenant_scope(person.company.tenant):
        ends = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
        UpstreamAccount.objects.filter(upstream=upstream).update(expires_at=ends)


def refreshes(site: UpstreamSite) -> int:
    return sum(asked.form.get("grant_type") == "refresh_token" for asked in site.asked if asked.method == "POST")


@pytest.mark.must("MUST-46.4")
def test_each_person_has_a_token_of_their_own_and_nobody_elses(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    connected(cast.ada, upstream, site)
    theirs, hers = replica.token(upstream, cast.max), replica.token(upstream, cast.ada)
    assert [theirs.value, hers.value] == site.issued
    assert theirs.account != hers.account
    assert theirs.value not in repr(theirs)
    for stranger in (cast.gus, None):
        missing = replica.missing(upstream, stranger)
        assert missing.connect_url.endswith(f"/app/acme/accounts/{upstream.pk}/")
        assert missing.connect_url in str(missing)
    foreign = upstream_of(cast.gus)
    assert "not connected" in str(replica.missing(foreign, cast.max))
    asked_as_globex = spec_of(upstream).__class__(**{**_fields(spec_of(upstream)), "tenant_id": str(foreign.tenant_id)})
    with pytest.raises(AccountMissing):
        asyncio.run(replica.accounts().token(asked_as_globex, str(cast.max.user.pk)))


def _fields(spec: Any) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in spec.__struct_fields__}


def test_the_tenants_account_is_for_everybody_of_the_tenant_alone(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada, "oauth")
    assert replica.missing(upstream, cast.max).connect_url.endswith(f"/app/acme/upstreams/{upstream.pk}/account/")
    connected(cast.ada, upstream, site)
    assert {replica.token(upstream, person).value for person in (cast.max, cast.ada, None)} == {site.issued[0]}


def test_a_token_is_for_the_url_that_it_was_given_for(cast: Cast, site: UpstreamSite, replica: Replica) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    upstream.url = "https://evil.example/mcp"
    assert "not connected" in str(replica.missing(upstream, cast.max))


def test_one_that_ends_soon_is_refreshed_once_however_many_ask(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    ends_in(cast.max, upstream, -1)
    replicas = [replica.accounts() for _ in range(4)]

    async def everybody() -> set[str]:
        asked = [each.token(spec_of(upstream), str(cast.max.user.pk)) for each in replicas for _ in range(5)]
        return {token.value for token in await asyncio.gather(*asked)}

    assert asyncio.run(everybody()) == {site.issued[1]}
    assert refreshes(site) == 1
    assert replica.token(upstream, cast.max).value == site.issued[1]
    ends_in(cast.max, upstream, -1)
    assert replica.token(upstream, cast.max).value == site.issued[2]
    (asked,) = {asked.form.get("resource") for asked in site.asked if asked.place == f"{ISSUER}/token"}
    assert asked == upstream.url


@pytest.mark.parametrize("rotates", [True, False])
def test_what_is_refused_is_refreshed_and_what_somebody_else_refreshed_is_used(
    cast: Cast, site: UpstreamSite, replica: Replica, rotates: bool
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    site.rotates = rotates
    first = replica.token(upstream, cast.max).value
    second = replica.token(upstream, cast.max, first).value
    assert replica.token(upstream, cast.max, first).value == second == site.issued[1]
    third = replica.token(upstream, cast.max, second).value
    assert (third, refreshes(site)) == (site.issued[2], 2)


@pytest.mark.must("MUST-51.2")
def test_without_a_refresh_token_it_is_good_until_it_ends(cast: Cast, site: UpstreamSite, replica: Replica) -> None:
    site.documents[f"{ISSUER}/token"] = Said({"access_token": "only", "token_type": "bearer"})
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    assert replica.token(upstream, cast.max).value == "only"
    assert "expired" in str(replica.missing(upstream, cast.max, "only"))
    account = account_of(cast.max, upstream)
    assert account is not None
    assert (account.status, account.sealed_access_token) == ("expired", None)


def test_what_the_authorization_server_takes_back_is_forgotten(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    site.refresh_tokens.clear()
    missing = replica.missing(upstream, cast.max, site.issued[0])
    assert "expired or was revoked" in str(missing)
    assert site.issued[0] not in str(missing)
    account = account_of(cast.max, upstream)
    assert account is not None
    assert (account.status, account.sealed_access_token, account.sealed_refresh_token) == ("expired", None, None)
    connected(cast.max, upstream, site)
    assert replica.token(upstream, cast.max).value == site.issued[-1]


def test_an_authorization_server_that_is_away_takes_nothing_back(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    ends_in(cast.max, upstream, -1)
    site.refused = Said(status="503 Service Unavailable")
    with pytest.raises(UpstreamUnreachable) as caught:
        replica.token(upstream, cast.max)
    assert caught.value.reason == "unreachable"
    site.refused = None
    assert replica.token(upstream, cast.max).value == site.issued[-1]


def test_a_server_that_gives_out_what_is_no_good_is_not_asked_without_end(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    site.lasts = 0
    ends_in(cast.max, upstream, -1)
    with pytest.raises(UpstreamUnreachable, match="no good"):
        replica.token(upstream, cast.max)
    assert refreshes(site) == 1
    site.lasts = 10
    assert replica.token(upstream, cast.max).value == site.issued[-1]


def test_whoever_asked_may_leave_and_the_new_refresh_token_is_kept(
    cast: Cast, site: UpstreamSite, replica: Replica
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    ends_in(cast.max, upstream, -1)

    async def leaves() -> None:
        accounts = replica.accounts()
        asked = asyncio.create_task(accounts.token(spec_of(upstream), str(cast.max.user.pk)))
        while not refreshes(site):
            await asyncio.sleep(0.005)
        asked.cancel()
        while accounts._flights:
            await asyncio.sleep(0.005)

    asyncio.run(leaves())
    assert replica.token(upstream, cast.max).value == site.issued[1]
    assert refreshes(site) == 1


def test_one_that_is_given_up_is_used_no_more(
    cast: Cast, site: UpstreamSite, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    seconds = [0.0]
    accounts = DatabaseUpstreamAccounts(replica.threads, site.door(), clock=lambda: seconds[0])
    ask = lambda: asyncio.run(accounts.token(spec_of(upstream), str(cast.max.user.pk)))  # noqa: E731
    assert ask().value == site.issued[0]
    upstream_account_disconnect(**who(cast.max, upstream), door=site.door())
    assert ask().value == site.issued[0]
    assert port.KEPT_SECONDS < 5
    seconds[0] = port.KEPT_SECONDS + 0.1
    with pytest.raises(AccountMissing):
        ask()


def test_more_scopes_are_asked_for_when_it_is_connected_again(cast: Cast, site: UpstreamSite, replica: Replica) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    token = replica.token(upstream, cast.max)
    wanting = replica.accounts().wanting(spec_of(upstream), token.account, ("write",))
    missing = asyncio.run(wanting)
    assert missing.connect_url.endswith(f"/app/acme/accounts/{upstream.pk}/")
    account = connected(cast.max, upstream, site)
    assert (account.scopes, account.wanted_scopes) == (["read", "write"], [])


def test_turning_the_data_keys_turns_them_for_tokens_too(cast: Cast, site: UpstreamSite, replica: Replica) -> None:
    site.documents[f"{ISSUER}/register"] = Said(
        {"client_id": "ours", "client_secret": "z" * 20, "token_endpoint_auth_method": "client_secret_basic"}
    )
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    before = account_of(cast.max, upstream)
    assert data_keys_renew().unreadable == 0
    after = account_of(cast.max, upstream)
    assert before is not None
    assert after is not None
    assert (before.data_key_id, bytes(before.sealed_access_token)) != (
        after.data_key_id,
        bytes(after.sealed_access_token),
    )
    assert replica.token(upstream, cast.max, site.issued[0]).value == site.issued[1]
    assert site.asked[-1].headers["authorization"].startswith("Basic ")


def test_a_token_of_one_row_does_not_open_in_another(cast: Cast, site: UpstreamSite, replica: Replica) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    connected(cast.ada, upstream, site)
    mine, other = account_of(cast.max, upstream), account_of(cast.ada, upstream)
    assert mine is not None
    assert other is not None
    with tenant_scope(cast.acme.tenant):
        UpstreamAccount.objects.filter(pk=other.pk).update(sealed_access_token=mine.sealed_access_token)
    with pytest.raises(UpstreamUnreachable, match="can't be read"):
        replica.token(upstream, cast.ada)
    assert "not connected" in str(
        replica.missing(Upstream(id=uuid4(), tenant=cast.acme.tenant, name="Gone", url="x", auth="oauth"), None)
    )
