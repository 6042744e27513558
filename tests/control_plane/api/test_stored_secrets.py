"""Secrets over REST: what goes in does not come out."""

from typing import Any

from tests.control_plane.dashboard.pages import as_role
from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast
from tests.tenants.test_stored_secrets import use

SECRETS = "tenants/acme/secrets"
VALUE = "zilpzalp-4711"
GOOD = {"name": "crm-token", "value": VALUE, "description": "Opens the CRM"}


def made(api: Asker, **changes: Any) -> Any:
    answer = api.post(SECRETS, {**GOOD, **changes})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_secret_is_stored_read_described_rotated_and_deleted(cast: Cast, ada_api: Asker) -> None:
    secret = made(ada_api)
    one, ada = f"{SECRETS}/{secret['id']}", str(cast.ada.user.pk)
    assert (secret["name"], secret["description"], secret["version"]) == ("crm-token", "Opens the CRM", 1)
    assert (secret["created_by"], secret["rotated_by"], secret["used_by"]) == (ada, ada, [])
    assert ada_api.get(one).json() == secret
    assert ada_api.get(SECRETS).json() == {"results": [secret], "next": None}
    assert ada_api.patch(one, {"description": ""}).json()["description"] == ""
    rotated = ada_api.post(f"{one}/rotate", {"value": "another value"})
    assert (rotated.status_code, rotated.json()["version"]) == (200, 2)
    use(cast, {"crm-token"})
    used_by = [{"kind": "tool", "id": str(cast.acme.server.pk), "name": "Find customer"}]
    assert ada_api.get(one).json()["used_by"] == used_by
    refused = ada_api.delete(one)
    assert (refused.status_code, refused.json()["error"]["type"]) == (409, "in_use")
    assert refused.json()["error"]["details"] == {"used_by": used_by}
    assert ada_api.delete(f"{one}?force=true").status_code == 204
    assert ada_api.get(one).status_code == 404
    changes = ada_api.get(f"{SECRETS}/changes").json()["results"]
    assert [change["action"] for change in changes] == ["deleted", "rotated", "described", "created"]
    assert {change["user_id"] for change in changes} == {ada}


def test_what_does_not_fit_is_refused_and_no_answer_repeats_a_value(ada_api: Asker) -> None:
    made(ada_api)
    for changes, status, field in (
        ({}, 409, None),
        ({"name": "Crm"}, 400, "name"),
        ({"value": "short"}, 400, "value"),
        ({"name": "other", "value": VALUE * 2_000}, 400, "value"),
        ({"name": "other", "value": [VALUE]}, 400, "value"),
        ({"name": "other", "last_four": True}, 400, "last_four"),
    ):
        refused = ada_api.post(SECRETS, {**GOOD, **changes})
        assert refused.status_code == status, changes
        assert field is None or set(refused.json()["error"]["details"]["fields"]) == {field}
        assert VALUE not in refused.content.decode()


def test_who_may(cast: Cast, ada_api: Asker, max_api: Asker, gus_api: Asker) -> None:
    secret = made(ada_api)
    assert max_api.get(SECRETS).json()["error"]["type"] == "ability_missing"
    assert with_key(cast.ada, ["manage:read"]).post(SECRETS, GOOD).json()["error"]["type"] == "insufficient_scope"
    narrow = with_key(cast.ada, servers=[cast.acme.server])
    assert narrow.post(SECRETS, {**GOOD, "name": "other"}).json()["error"]["type"] == "ability_missing"
    there = gus_api.get(f"tenants/globex/secrets/{secret['id']}")
    nowhere = gus_api.get("tenants/globex/secrets/11111111-2222-4333-8444-555555555555")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    for path in ("tenants/globex/secrets", "tenants/globex/secrets/changes"):
        assert gus_api.get(path).json() == {"results": [], "next": None}
    assert gus_api.get(SECRETS).status_code == 404


def test_an_auditor_sees_what_was_done_and_nothing_else(cast: Cast, ada_api: Asker) -> None:
    made(ada_api)
    browser, _ = as_role(cast, "auditor")
    assert browser.get(f"/api/v1/{SECRETS}").status_code == 403
    assert len(browser.get(f"/api/v1/{SECRETS}/changes").json()["results"]) == 1
