"""The plan over REST, leaving, and lists that are narrowed as the pages narrow them."""

from tenants.services.api_keys import api_key_create, api_key_revoke
from tests.control_plane.dashboard.test_calls import record
from tests.fixtures.api import Asker, signed_in, with_key
from tests.fixtures.cast import Cast


def test_members_read_the_plan_and_its_use(cast: Cast, max_api: Asker, gus_api: Asker) -> None:
    plan = max_api.get("tenants/acme/plan").json()
    assert plan["limits"]["tenant"] == {"per_second": 50.0, "burst": 100}
    things = {"servers": 1, "members": 2, "tools_per_server": 2, "resources_and_prompts_per_server": 3}
    assert plan["used"] == {**things, "calls_per_day": 0, "jobs_running": 0, "jobs_queued": 0}
    assert gus_api.get("tenants/acme/plan").status_code == 404


def test_one_leaves_in_person_and_not_by_a_key(cast: Cast) -> None:
    by_key = with_key(cast.max, ["manage:read"])
    assert by_key.delete("tenants/acme/membership").status_code == 403
    assert signed_in(cast.ada.user).delete("tenants/acme/membership").json()["error"]["type"] == "last_owner"
    assert signed_in(cast.max.user).delete("tenants/acme/membership").status_code == 204
    assert signed_in(cast.max.user).get("tenants/acme").status_code == 404


def test_keys_that_work_and_keys_that_have_ended(cast: Cast, ada_api: Asker) -> None:
    ended = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="old", scopes=["mcp:read"]).api_key
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=ended.pk)

    def names(query: str) -> list[str]:
        return sorted(row["name"] for row in ada_api.get(f"tenants/acme/api-keys{query}").json()["results"])

    assert (names("?works=true"), names("?works=false"), names("")) == (["Program"], ["old"], ["Program", "old"])


def test_calls_by_what_they_came_by(cast: Cast, ada_api: Asker) -> None:
    record(cast.ada, tool="one", client="editor", credential_id="a")
    record(cast.ada, tool="two", client="editor", credential_id="b")
    record(cast.gus, tool="three", client="editor", credential_id="a")

    def tools(query: str) -> list[str]:
        return sorted(row["tool"] for row in ada_api.get(f"tenants/acme/calls{query}").json()["results"])

    assert (tools("?client=editor"), tools("?credential_id=a"), tools("?client=x")) == (["one", "two"], ["one"], [])
