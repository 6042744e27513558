"""The pages of API keys: a secret is shown once, and everybody manages what is theirs to manage."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.api_key_format import has_valid_checksum
from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create, api_key_revoke
from tenants.services.members import membership_role_set
from tests.control_plane.dashboard.pages import as_role, fields_of, secret_in, signed_in_client
from tests.fixtures.cast import Cast, Person

KEYS = "/app/acme/keys/"
NEW = "/app/acme/keys/new"


def key_of(person: Person, **choices: Any) -> ApiKey:
    chosen = {"name": f"{person.user.name}'s laptop", "scopes": ["mcp:read", "mcp:call"], **choices}
    return api_key_create(tenant=person.company.tenant, actor=person.actor, **chosen).api_key


def keys() -> list[ApiKey]:
    return list(ApiKey.objects.order_by("created_at"))


def filled(client: Client, **chosen: Any) -> dict[str, Any]:
    """The form as the page brought it, with what somebody chose."""
    return {**fields_of(client.get(NEW)), "name": "nightly", "scopes": ["mcp:call"], "lifetime": "30", **chosen}


def test_a_secret_is_on_the_answer_that_made_it_and_nowhere_else(cast: Cast) -> None:
    client = signed_in_client(cast.max)
    form = filled(client)
    made = client.post(NEW, form)
    secret = secret_in(made)
    assert made.status_code == 200
    assert has_valid_checksum(secret)
    assert "no-store" in made["Cache-Control"]
    assert secret not in str(dict(client.session)) + str(client.cookies)
    again = client.post(NEW, form)
    assert (again.status_code, secret_in(again)) == (422, "")
    assert "This was sent before" in again.content.decode()
    with tenant_scope(cast.acme.tenant):
        (key,) = keys()
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        page = client.get(path).content.decode()
        assert key.prefix in page
        assert secret not in page


def test_what_was_chosen_is_what_the_key_is(cast: Cast) -> None:
    client = signed_in_client(cast.ada)
    chosen = {"reach": "chosen", "servers": ["demo"], "scopes": ["mcp:read", "manage:write"]}
    client.post(NEW, filled(client, **chosen, lifetime="7", address_ranges="203.0.113.0/24\n198.51.100.7/32"))
    with tenant_scope(cast.acme.tenant):
        (key,) = keys()
        assert (key.name, key.all_servers, [server.slug for server in key.servers.all()]) == (
            "nightly",
            False,
            ["demo"],
        )
    assert key.scopes == ["mcp:read", "manage:write"]
    assert key.address_ranges == ["203.0.113.0/24", "198.51.100.7/32"]
    assert key.expires_at - timezone.now() == pytest.approx(timedelta(days=7), abs=timedelta(minutes=1))


def test_a_key_without_an_end_is_made_where_it_is_asked_for(cast: Cast) -> None:
    client = signed_in_client(cast.ada)
    client.post(NEW, filled(client, lifetime="never"))
    with tenant_scope(cast.acme.tenant):
        assert [key.expires_at for key in keys()] == [None]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "required"),
        ({"scopes": []}, "Choose at least one thing"),
        ({"reach": "chosen"}, "Choose at least one server"),
        ({"lifetime": "date"}, "Choose its last day"),
        ({"lifetime": "date", "expires_at": "2020-01-01"}, "in the past"),
        ({"address_ranges": "somewhere"}, "somewhere is not a CIDR block"),
        ({"scopes": ["manage:access"]}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(cast: Cast, wrong: dict[str, Any], says: str) -> None:
    client = signed_in_client(cast.max)
    answer = client.post(NEW, filled(client, **{"name": "my nightly job", **wrong}))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert wrong.get("name") == "" or "my nightly job" in answer.content.decode()
    with tenant_scope(cast.acme.tenant):
        assert keys() == []


def test_what_a_role_may_not_give_is_shown_with_who_may(cast: Cast) -> None:
    page = signed_in_client(cast.max).get(NEW).content.decode()
    assert "Needs the role owner or admin." in page
    assert 'value="manage:access" disabled' in page
    assert "Needs the role" not in signed_in_client(cast.ada).get(NEW).content.decode()


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_admins_manage_everybodys_keys_and_others_their_own(cast: Cast, role: str) -> None:
    adas = key_of(cast.ada)
    client, person = as_role(cast, role)
    page = client.get(KEYS)
    if role == "auditor":
        assert (page.status_code, client.get(NEW).status_code) == (403, 403)
        return
    own = key_of(person)
    listed = client.get(KEYS).content.decode()
    assert str(own.pk) in listed
    sees_all = role in ("owner", "admin")
    assert (str(adas.pk) in listed) is sees_all
    assert client.get(f"{KEYS}{adas.pk}/").status_code == (200 if sees_all else 404)
    assert client.post(f"{KEYS}{adas.pk}/revoke").status_code == (302 if sees_all else 404)
    with tenant_scope(cast.acme.tenant):
        assert (ApiKey.objects.get(pk=adas.pk).revoked_at is not None) is sees_all


def test_rotating_shows_the_new_secret_once(cast: Cast) -> None:
    key, client = key_of(cast.max), signed_in_client(cast.max)
    rotated = client.post(f"{KEYS}{key.pk}/rotate", {"overlap": "1"})
    assert has_valid_checksum(secret_in(rotated))
    again = client.post(f"{KEYS}{key.pk}/rotate", {"overlap": "1"})
    assert (again.status_code, again["Location"]) == (302, f"{KEYS}{key.pk}/")
    with tenant_scope(cast.acme.tenant):
        old, new = keys()
    assert old.family == new.family
    assert old.expires_at - timezone.now() == pytest.approx(timedelta(hours=1), abs=timedelta(minutes=1))
    page = client.get(f"{KEYS}{key.pk}/").content.decode()
    assert "rotated, still works" in page
    assert "No new secret was made" in page


def test_nobody_rotates_the_key_of_somebody_else(cast: Cast) -> None:
    key = key_of(cast.max)
    assert "Rotate" not in signed_in_client(cast.ada).get(f"{KEYS}{key.pk}/").content.decode().split("<main")[1]
    assert signed_in_client(cast.ada).post(f"{KEYS}{key.pk}/rotate", {"overlap": "1"}).status_code == 403


def test_a_revoked_key_is_among_the_ended(cast: Cast) -> None:
    key, client = key_of(cast.max), signed_in_client(cast.max)
    assert "Every program that uses it is cut off" in client.get(f"{KEYS}{key.pk}/").content.decode()
    client.post(f"{KEYS}{key.pk}/revoke")
    listed = {
        shown: str(key.pk) in client.get(f"{KEYS}?show={shown}").content.decode() for shown in ("working", "ended")
    }
    assert listed == {"working": False, "ended": True}
    page = client.get(f"{KEYS}{key.pk}/").content.decode()
    assert "revoked" in page
    assert "Revoke key" not in page


def test_the_outsider_sees_no_key(cast: Cast) -> None:
    key, gus = key_of(cast.ada), signed_in_client(cast.gus)
    answers = [gus.get(f"/app/globex/keys/{pk}/") for pk in (key.pk, "11111111-2222-4333-8444-555555555555")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert str(key.pk) not in gus.get("/app/globex/keys/").content.decode()
    assert gus.get(KEYS).status_code == 404
    assert gus.post(f"/app/globex/keys/{key.pk}/revoke").status_code == 404


def test_names_are_text_and_not_markup(cast: Cast) -> None:
    key = key_of(cast.max, name="<img src=x>")
    client = signed_in_client(cast.max)
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        assert "<img src=x>" not in client.get(path).content.decode()


def test_many_keys_are_listed_with_as_many_queries_as_one(
    cast: Cast, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="admin")
    client = signed_in_client(cast.ada)
    key_of(cast.ada, servers=[cast.acme.server])
    with django_assert_max_num_queries(20) as counted:
        client.get(KEYS)
    for _ in range(12):
        key_of(cast.max, servers=[cast.acme.server])
    with django_assert_num_queries(len(counted)):
        client.get(KEYS)


def test_the_list_is_read_in_parts(cast: Cast) -> None:
    for number in range(53):
        key = key_of(cast.max, name=f"key-{number:02}")
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    client = signed_in_client(cast.max)
    first = client.get(KEYS)
    assert (first.content.decode().count("<tr data-href"), first.context["part"].is_first) == (50, True)
    second = client.get(first.context["part"].next_url)
    assert second.content.decode().count("<tr data-href") == 2
    assert client.get(second.context["part"].previous_url).context["part"].rows == first.context["part"].rows
    assert client.get(f"{KEYS}?after=nonsense").context["part"].is_first
