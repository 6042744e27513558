"""Accounts at upstreams over the management API: one's own, and the tenant's; tokens in no answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from control_plane import upstream_doors
from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast
from tests.fixtures.upstream_site import ISSUER, UpstreamSite
from tests.tenants.test_stored_secrets import made
from tests.tenants.upstream_accounts.connecting import account_of, connected, departed, upstream_of

ACCOUNTS = "tenants/acme/accounts"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[UpstreamSite]:
    with UpstreamSite() as running:
        monkeypatch.setattr(upstream_doors, "outside", running.outside())
        yield running


def test_ones_own_accounts_are_listed_and_disconnected(
    cast: Cast,
    ada_api: Asker,
    max_api: Asker,
    gus_api: Asker,
    site: UpstreamSite,
    django_capture_on_commit_callbacks: Any,
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.ada, upstream, site)
    listed = ada_api.get(ACCOUNTS).json()["results"]
    assert [(row["name"], row["account"]["status"], row["account"]["scopes"]) for row in listed] == [
        ("Crm", "connected", ["read"])
    ]
    assert listed[0]["connect_url"] == f"http://127.0.0.1:8000/app/acme/accounts/{upstream.pk}/"
    (his,) = max_api.get(ACCOUNTS).json()["results"]
    assert his["account"] is None
    assert not any(secret in repr(listed) for secret in (*site.issued, *site.refresh_tokens))
    one = f"{ACCOUNTS}/{upstream.pk}"
    assert max_api.get(one).json() == his
    assert max_api.delete(one).status_code == 403
    assert {gus_api.ask(method, one).status_code for method in ("GET", "DELETE")} == {404}
    assert gus_api.get("tenants/globex/accounts").json()["results"] == []
    with django_capture_on_commit_callbacks(execute=True):
        assert ada_api.delete(one).status_code == 204
    assert site.issued[0] in site.revoked
    assert ada_api.delete(one).status_code == 404
    assert account_of(cast.ada, upstream) is None


def test_the_tenants_account_and_client(
    cast: Cast, ada_api: Asker, max_api: Asker, gus_api: Asker, site: UpstreamSite
) -> None:
    upstream = upstream_of(cast.ada, "oauth")
    place = f"tenants/acme/upstreams/{upstream.pk}"
    assert ada_api.get(f"{place}/account").json()["client"] is None
    assert ada_api.put(f"{place}/client", {"client_id": "by-hand"}).status_code == 400
    connected(cast.ada, upstream, site)
    said = ada_api.get(f"{place}/account").json()
    assert (said["client"]["registration"], said["client"]["issuer"], said["people"]) == ("dcr", ISSUER, 0)
    assert said["account"]["status"] == "connected"
    assert not any(secret in repr(said) for secret in (*site.issued, *site.refresh_tokens))
    secret = made(cast.ada, "crm-client")
    body = {"client_id": "by-hand", "secret_name": secret.name}
    assert ada_api.put(f"{place}/client", {**body, "secret_name": "none-such"}).status_code == 400
    changed = ada_api.put(f"{place}/client", body).json()
    assert (changed["client"]["client_id"], changed["account"]["status"]) == ("by-hand", "expired")
    assert ada_api.delete(f"tenants/acme/secrets/{secret.pk}").json()["error"]["type"] == "in_use"
    departed(cast.ada, upstream, site)
    narrow = with_key(cast.ada, servers=[cast.acme.server])
    assert narrow.put(f"{place}/client", body).status_code == 403
    assert max_api.get(f"{place}/account").status_code == 403
    assert gus_api.get(f"{place}/account").status_code == 404
    assert gus_api.put(f"tenants/globex/upstreams/{upstream.pk}/client", body).status_code == 404
    assert ada_api.delete(f"{place}/account").status_code == 204
    assert ada_api.get(f"{place}/account").json()["account"] is None
