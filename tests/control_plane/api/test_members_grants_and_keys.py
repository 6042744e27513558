"""Members, grants and API keys over REST."""

from tenants.services.invitations import invitations_create
from tests.fixtures.api import Asker, bearer, with_key
from tests.fixtures.cast import Cast

MEMBERS = "tenants/acme/members"
GRANTS = "tenants/acme/servers/demo/grants"
KEYS = "tenants/acme/api-keys"


def test_a_member_is_changed_and_removed(ada_api: Asker, cast: Cast) -> None:
    one = f"{MEMBERS}/{cast.max.user.pk}"
    assert ada_api.patch(one, {"role": "developer"}).json()["role"] == "developer"
    emails = [(row["email"], row["email_verified"]) for row in ada_api.get(MEMBERS).json()["results"]]
    assert emails == [("ada@acme.test", True), ("max@acme.test", True)]
    assert ada_api.delete(one).status_code == 204
    assert ada_api.get(one).status_code == 404


def test_nobody_is_made_a_member_without_their_consent(ada_api: Asker) -> None:
    refused = ada_api.post(MEMBERS, {"email": "gus@globex.test", "role": "caller"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (405, "method_not_allowed")


def test_the_last_owner_stays(ada_api: Asker, cast: Cast) -> None:
    for answer in (
        ada_api.patch(f"{MEMBERS}/{cast.ada.user.pk}", {"role": "admin"}),
        ada_api.delete(f"{MEMBERS}/{cast.ada.user.pk}"),
    ):
        assert (answer.status_code, answer.json()["error"]["type"]) == (409, "last_owner")


def test_a_grant_is_said_said_anew_and_removed(ada_api: Asker) -> None:
    statement = {"subject_kind": "role", "subject": "auditor", "target_kind": "annotation", "target": "read_only"}
    said = ada_api.put(GRANTS, statement)
    assert said.status_code == 200, said.content
    again = ada_api.put(GRANTS, {**statement, "effect": "deny"})
    assert (again.json()["id"], again.json()["effect"]) == (said.json()["id"], "deny")
    assert again.json() in ada_api.get(GRANTS).json()["results"]
    one = f"{GRANTS}/{said.json()['id']}"
    assert ada_api.get(one).json() == again.json()
    assert ada_api.delete(one).status_code == 204
    assert ada_api.get(one).status_code == 404


def test_grants_lead_to_nobody_and_nothing_of_another_tenant(ada_api: Asker, cast: Cast) -> None:
    to_gus = {"subject_kind": "member", "subject": str(cast.gus.user.pk), "target_kind": "server"}
    to_nobody = {**to_gus, "subject": "00000000-0000-4000-8000-000000000000"}
    foreign, made_up = ada_api.put(GRANTS, to_gus), ada_api.put(GRANTS, to_nobody)
    assert foreign.status_code == 404
    assert foreign.content == made_up.content


def test_a_key_is_shown_once_rotated_and_revoked(ada_api: Asker) -> None:
    made = ada_api.post(KEYS, {"name": "Deploy", "scopes": ["manage:read"], "servers": ["demo"]})
    assert made.status_code == 201, made.content
    secret, key = made.json()["secret"], made.json()["api_key"]
    assert key["servers"] == ["demo"]
    assert secret.startswith(key["prefix"])
    assert bearer(secret).get("tenants/acme").status_code == 200
    rotated = ada_api.post(f"{KEYS}/{key['id']}/rotate", {"overlap": "0:10:00"})
    assert rotated.status_code == 201, rotated.content
    successor = rotated.json()["api_key"]
    assert (successor["family"], successor["servers"]) == (key["family"], ["demo"])
    assert bearer(rotated.json()["secret"]).get("tenants/acme").status_code == 200
    assert ada_api.delete(f"{KEYS}/{key['id']}").json()["revoked_at"] is not None
    assert bearer(secret).get("tenants/acme").status_code == 401
    again = ada_api.post(f"{KEYS}/{key['id']}/rotate")
    assert (again.status_code, again.json()["error"]["type"]) == (409, "already_ended")


def test_a_key_makes_none_that_may_more_than_itself(cast: Cast) -> None:
    narrow = with_key(cast.ada, ["manage:access"])
    refused = narrow.post(KEYS, {"name": "More", "scopes": ["manage:write"]})
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "ability_missing")


def test_everybody_has_their_own_keys_and_the_owner_all(ada_api: Asker, max_api: Asker, gus_api: Asker) -> None:
    mine = max_api.get(KEYS).json()["results"]
    everybodys = ada_api.get(KEYS).json()["results"]
    assert [key["scopes"] for key in mine] == [["manage:read"]]
    assert len(everybodys) == 2
    adas = next(key["id"] for key in everybodys if key not in mine)
    assert max_api.get(f"{KEYS}/{adas}").status_code == 404
    assert gus_api.get(f"tenants/globex/api-keys/{adas}").status_code == 404


def test_a_key_for_some_servers_opens_no_others_by_making_members(cast: Cast) -> None:
    narrow = with_key(cast.ada, servers=[cast.acme.server])
    member = f"tenants/acme/members/{cast.max.user.pk}"
    (open_one,) = invitations_create(
        tenant=cast.acme.tenant, actor=cast.ada.actor, emails=["finn@acme.test"], role="caller"
    )
    invitation = f"tenants/acme/invitations/{open_one.invitation.pk}"
    refused = [
        narrow.post("tenants/acme/invitations", {"email": "eve@elsewhere.test", "role": "owner"}),
        narrow.post(f"{invitation}/resend"),
        narrow.delete(invitation),
        narrow.patch(member, {"role": "owner"}),
        narrow.delete(member),
        narrow.patch("tenants/acme", {"name": "Other"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert narrow.patch("tenants/acme/servers/demo", {"name": "Its own"}).status_code == 200
    wide = with_key(cast.ada)
    assert [each["role"] for each in wide.get("tenants/acme/members").json()["results"]] == ["owner", "caller"]
    assert wide.get("tenants/acme").json()["name"] == "Acme"
