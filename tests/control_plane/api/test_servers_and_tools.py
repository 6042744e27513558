"""Servers and their tools over REST."""

from django.conf import settings

from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast

SERVERS = "tenants/acme/servers"


def test_a_server_is_made_read_changed_moved_and_removed(ada_api: Asker) -> None:
    made = ada_api.post(SERVERS, {"slug": "desk", "name": "Desk", "toolkits": ["text"]})
    assert made.status_code == 201, made.content
    assert made.json()["url"] == f"{settings.PUBLIC_URL}/mcp/acme/desk"
    changed = ada_api.patch(f"{SERVERS}/desk", {"name": "Front desk", "rate": {"per_second": 5, "burst": 9}})
    assert changed.json()["name"] == "Front desk"
    assert changed.json()["rate"] == {"per_second": 5.0, "burst": 9}
    assert ada_api.patch(f"{SERVERS}/desk", {"rate": None}).json()["rate"] is None
    assert ada_api.post(f"{SERVERS}/desk/suspend").json()["status"] == "suspended"
    assert ada_api.post(f"{SERVERS}/desk/resume").json()["status"] == "active"
    assert ada_api.post(f"{SERVERS}/desk/rename", {"slug": "front"}).json()["slug"] == "front"
    assert [row["slug"] for row in ada_api.get(SERVERS).json()["results"]] == ["demo", "front"]
    assert ada_api.delete(f"{SERVERS}/front").status_code == 204
    assert ada_api.get(f"{SERVERS}/front").status_code == 404


def test_a_tool_is_added_changed_disabled_and_removed(ada_api: Asker) -> None:
    tools = f"{SERVERS}/demo/tools"
    added = ada_api.post(tools, {"toolkit": "ledger", "tool": "post", "name": "book"})
    assert added.status_code == 201, added.content
    changed = ada_api.patch(f"{tools}/book", {"title": "Book it", "is_enabled": False, "timeout_seconds": 10})
    assert (changed.json()["title"], changed.json()["is_enabled"]) == ("Book it", False)
    assert changed.json()["timeout_seconds"] == 10
    assert ada_api.patch(f"{tools}/book", {"mode": "background"}).json()["mode"] == "background"
    assert ada_api.patch(f"{tools}/book", {"mode": "elsewhere"}).json()["error"]["type"] == "invalid_value"
    assert ada_api.patch(f"{tools}/book", {"mode": ""}).json()["mode"] == ""
    assert [row["name"] for row in ada_api.get(tools).json()["results"]] == ["book", "count", "shout"]
    assert ada_api.patch(f"{tools}/book", {"timeout_seconds": 31}).json()["error"]["type"] == "invalid_value"
    assert ada_api.delete(f"{tools}/book").status_code == 204
    assert ada_api.get(f"{tools}/book").json()["error"]["type"] == "not_found"


def test_taken_names_and_full_plans_are_conflicts(ada_api: Asker, cast: Cast) -> None:
    taken = ada_api.post(SERVERS, {"slug": "demo", "name": "Again"})
    assert (taken.status_code, taken.json()["error"]["type"]) == (409, "name_taken")
    for number in range(9):
        assert ada_api.post(SERVERS, {"slug": f"server-{number}", "name": "One more"}).status_code == 201
    full = ada_api.post(SERVERS, {"slug": "eleventh", "name": "One too many"})
    assert (full.status_code, full.json()["error"]["type"]) == (409, "limit_reached")
    assert full.json()["error"]["details"] == {"limit": "servers", "maximum": 10}


def test_a_caller_sees_servers_and_neither_their_tools_nor_how_to_change_them(max_api: Asker) -> None:
    assert [row["slug"] for row in max_api.get(SERVERS).json()["results"]] == ["demo"]
    refused = max_api.get(f"{SERVERS}/demo/tools")
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "ability_missing")
    assert max_api.get(f"{SERVERS}/no-such/tools").content == refused.content


def test_a_key_for_one_server_knows_no_other(ada_api: Asker, cast: Cast) -> None:
    assert ada_api.post(SERVERS, {"slug": "desk", "name": "Desk"}).status_code == 201
    narrow = with_key(cast.ada, servers=[cast.acme.server])
    assert [row["slug"] for row in narrow.get(SERVERS).json()["results"]] == ["demo"]
    assert narrow.get(f"{SERVERS}/desk").content == narrow.get(f"{SERVERS}/made-up").content
    assert narrow.patch(f"{SERVERS}/desk", {"name": "x"}).status_code == 404
    assert narrow.post(SERVERS, {"slug": "mine", "name": "Mine"}).json()["error"]["type"] == "ability_missing"
    assert narrow.get(f"{SERVERS}/demo/tools").status_code == 200


def test_the_outsider_has_servers_of_his_own_only(gus_api: Asker) -> None:
    assert gus_api.get(SERVERS).status_code == 404
    assert gus_api.get(SERVERS).content == gus_api.get("tenants/made-up/servers").content
    assert gus_api.get("tenants/globex/servers").json()["results"][0]["url"].endswith("/mcp/globex/demo")
