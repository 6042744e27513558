"""Keys and sessions at the door of the management API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from control_plane.api.rates import ManagementRate
from tenants.models import ApiKey
from tenants.publishing.changes import api_keys_changed
from tenants.scope import tenant_scope
from tenants.selectors.api_keys import api_key_list
from tenants.services.api_keys import api_key_revoke
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.users import user_disable
from tests.fixtures.api import Asker, bearer, key_of, signed_in, with_key
from tests.fixtures.cast import Cast

TENANT = "tenants/acme"


def refused(asker: Asker, path: str = TENANT) -> bytes:
    response = asker.get(path)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Atrium management API"'
    assert response["Cache-Control"] == "no-store"
    return bytes(response.content)


def test_whatever_is_wrong_with_a_credential_the_answer_is_the_same(cast: Cast) -> None:
    revoked, expired, disabled, gone = (
        key_of(cast.ada),
        key_of(cast.ada),
        key_of(cast.gus),
        key_of(cast.max, ["manage:read"]),
    )
    with tenant_scope(cast.acme.tenant):
        first, second = ApiKey.objects.filter(user_id=cast.ada.user.pk).order_by("created_at")
        ApiKey.objects.filter(pk=second.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        api_keys_changed(ApiKey.objects.filter(pk=second.pk))
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=first.pk)
    user_disable(user=cast.gus.user)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    bad = [bearer(key) for key in (revoked, expired, disabled, gone, "nonsense", "", f"{revoked[:-1]}x", "é")]
    assert (
        len({refused(asker, path) for asker in (*bad, Asker()) for path in (TENANT, "tenants/nowhere", "tenants")}) == 1
    )


def test_a_key_for_mcp_is_told_which_scope_it_lacks(cast: Cast) -> None:
    for asker, scope in (
        (with_key(cast.ada, ["mcp:read", "mcp:call"]), "manage:read"),
        (with_key(cast.gus, ["mcp:call"]), "manage:read"),
    ):
        response = asker.get(TENANT)
        assert response.status_code == 403
        assert response.json()["error"]["type"] == "insufficient_scope"
        assert f'error="insufficient_scope", scope="{scope}"' in response["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("scope", "allowed"), [("manage:read", {"GET"}), ("manage:write", {"POST"}), ("manage:access", {"PATCH"})]
)
def test_each_scope_opens_its_own_operations(cast: Cast, scope: str, allowed: set[str]) -> None:
    asker = with_key(cast.ada, [scope])
    asked = {
        "GET": asker.get("tenants/acme/servers"),
        "POST": asker.post("tenants/acme/servers", {"slug": "desk", "name": "Desk"}),
        "PATCH": asker.patch(TENANT, {"name": "Acme Ltd"}),
    }
    assert {method for method, response in asked.items() if response.status_code < 400} == allowed
    assert {response.status_code for method, response in asked.items() if method not in allowed} == {403}


def test_a_key_never_outgrows_the_role_that_its_person_has_now(cast: Cast) -> None:
    tenant, actor = cast.acme.tenant, cast.ada.actor
    membership_role_set(tenant=tenant, actor=actor, user=cast.max.user, role="admin")
    promoted = type(cast.max)(cast.max.user, cast.acme, "admin")
    asker = with_key(promoted)
    assert asker.post("tenants/acme/servers", {"slug": "desk", "name": "Desk"}).status_code == 201
    membership_role_set(tenant=tenant, actor=actor, user=cast.max.user, role="caller")
    refusal = asker.post("tenants/acme/servers", {"slug": "other", "name": "Other"})
    assert (refusal.status_code, refusal.json()["error"]["type"]) == (403, "ability_missing")


def test_a_key_bound_to_addresses_works_from_there_only(cast: Cast) -> None:
    assert with_key(cast.ada, address_ranges=["127.0.0.0/8"]).get(TENANT).status_code == 200
    response = with_key(cast.ada, address_ranges=["203.0.113.0/24"]).get(TENANT)
    assert (response.status_code, response.json()["error"]["type"]) == (403, "address_not_allowed")


def test_a_person_who_signed_in_reads_and_with_the_csrf_token_writes(cast: Cast) -> None:
    ada = signed_in(cast.ada.user)
    assert ada.get(TENANT).json()["role"] == "owner"
    assert ada.patch(TENANT, {"name": "Acme Ltd"}).json()["name"] == "Acme Ltd"
    without_token = Asker({}, ada.client).patch(TENANT, {"name": "Evil Ltd"})
    assert (without_token.status_code, without_token.json()["error"]["type"]) == (403, "csrf_failed")
    assert ada.get("tenants/globex").content == ada.get("tenants/made-up").content


def test_a_key_is_for_one_tenant_though_its_person_belongs_to_two(cast: Cast) -> None:
    from tenants.services.members import membership_add

    membership_add(tenant=cast.globex.tenant, actor=cast.gus.actor, user=cast.ada.user, role="owner")
    by_key, by_session = with_key(cast.ada), signed_in(cast.ada.user)
    assert [row["slug"] for row in by_key.get("tenants").json()["results"]] == ["acme"]
    assert by_key.get("tenants/globex").status_code == 404
    assert [row["slug"] for row in by_session.get("tenants").json()["results"]] == ["acme", "globex"]


def test_too_many_requests_are_told_to_wait(ada_api: Asker, gus_api: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ManagementRate, "rate", "3/min")
    answers = [ada_api.get(TENANT) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["error"]["type"] == "rate_limited"
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert gus_api.get("tenants/globex").status_code == 200


def test_keys_are_listed_without_anything_to_sign_in_with(ada_api: Asker, cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        digests = [key.digest for key in api_key_list(actor=cast.ada.actor)]
    text = ada_api.get(f"{TENANT}/api-keys").content.decode()
    assert ada_api.headers["Authorization"].split()[1] not in text
    assert not any(digest in text for digest in digests)


def test_a_key_in_use_is_seen_to_be_in_use(ada_api: Asker, max_api: Asker) -> None:
    keys = ada_api.get(f"{TENANT}/api-keys").json()["results"]
    assert sorted(key["last_used_at"] is None for key in keys) == [False, True]
    assert max_api.get(TENANT).status_code == 200
    assert all(key["last_used_at"] for key in ada_api.get(f"{TENANT}/api-keys").json()["results"])
