"""Resources, templates and prompts of servers over REST."""

from typing import Any

import pytest

from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast

SERVER = "tenants/acme/servers/demo"
OF_TEXT = {
    "resources": ("uri", "text://style", "style"),
    "templates": ("uri_template", "text://words/{word}", "words"),
    "prompts": ("prompt", "proofread", "proofread"),
}
OTHERS = {
    "resources": {"toolkit": "ledger", "uri": "ledger://accounts"},
    "prompts": {"toolkit": "ledger", "prompt": "close_month"},
}


def names(asker: Asker, what: str, server: str = SERVER) -> list[str]:
    return [row["name"] for row in asker.get(f"{server}/{what}").json()["results"]]


@pytest.mark.parametrize("what", OF_TEXT)
def test_each_is_listed_read_and_described_anew(ada_api: Asker, what: str) -> None:
    source, value, name = OF_TEXT[what]
    [row] = ada_api.get(f"{SERVER}/{what}").json()["results"]
    assert (row[source], row["name"], row["toolkit"], row["is_enabled"]) == (value, name, "text", True)
    assert row["title"] == row["description"] == ""
    path = f"{SERVER}/{what}/{row['id']}"
    said = {"name": "renamed", "title": "Title", "description": "It is\nthis.", "is_enabled": False}
    changed = ada_api.patch(path, said).json()
    assert {field: changed[field] for field in said} == said
    assert changed[source] == value
    assert ada_api.get(path).json() == changed
    assert ada_api.patch(path, {source: "elsewhere"}).json()["error"]["type"] == "invalid_value"


@pytest.mark.parametrize("what", OTHERS)
def test_one_is_added_under_another_name_and_removed(ada_api: Asker, what: str) -> None:
    added = ada_api.post(f"{SERVER}/{what}", {**OTHERS[what], "name": "added"})
    assert added.status_code == 201, added.content
    assert "added" in names(ada_api, what)
    again = ada_api.post(f"{SERVER}/{what}", {**OTHERS[what], "name": "added"})
    assert (again.status_code, again.json()["error"]["type"]) == (409, "name_taken")
    assert ada_api.delete(f"{SERVER}/{what}/{added.json()['id']}").status_code == 204
    assert names(ada_api, what) == [OF_TEXT[what][2]]
    unknown = ada_api.post(f"{SERVER}/{what}", {**OTHERS[what], "toolkit": "text"})
    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "not_found")


def test_an_id_leads_to_its_own_kind_and_server_alone(ada_api: Asker) -> None:
    [row] = ada_api.get(f"{SERVER}/resources").json()["results"]
    assert ada_api.get(f"{SERVER}/prompts/{row['id']}").status_code == 404
    assert ada_api.post("tenants/acme/servers", {"slug": "desk", "name": "Desk"}).status_code == 201
    assert ada_api.get(f"tenants/acme/servers/desk/resources/{row['id']}").status_code == 404
    assert names(ada_api, "resources", "tenants/acme/servers/desk") == []


def test_the_catalogue_says_what_there_is_to_add(ada_api: Asker) -> None:
    found = {what: ada_api.get(f"toolkits/{what}").json()["results"] for what in OF_TEXT}
    assert [row["uri"] for row in found["resources"]] == ["text://style", "ledger://accounts"]
    assert found["resources"][0]["size"] == 2048
    assert found["templates"][0]["completes"] == ["word"]
    arguments = found["prompts"][0]["arguments"]
    assert [(argument["name"], argument["required"], argument["completes"]) for argument in arguments] == [
        ("text", True, False),
        ("language", False, True),
    ]


def test_a_caller_looks_and_changes_nothing(max_api: Asker, cast: Cast) -> None:
    for what in OF_TEXT:
        [row] = max_api.get(f"{SERVER}/{what}").json()["results"]
        assert max_api.patch(f"{SERVER}/{what}/{row['id']}", {"title": "Mine"}).status_code == 403
        assert max_api.delete(f"{SERVER}/{what}/{row['id']}").status_code == 403
    assert max_api.post(f"{SERVER}/prompts", OTHERS["prompts"]).status_code == 403


def test_a_key_that_reads_writes_nothing_and_one_for_a_server_knows_no_other(cast: Cast, ada_api: Asker) -> None:
    reader = with_key(cast.ada, ["manage:read"])
    assert reader.post(f"{SERVER}/prompts", OTHERS["prompts"]).json()["error"]["type"] == "insufficient_scope"
    assert ada_api.post("tenants/acme/servers", {"slug": "desk", "name": "Desk"}).status_code == 201
    narrow = with_key(cast.ada, servers=[cast.acme.server])
    assert narrow.get("tenants/acme/servers/desk/prompts").status_code == 404
    assert narrow.get(f"{SERVER}/prompts").status_code == 200


def test_the_outsider_finds_none(ada_api: Asker, gus_api: Asker) -> None:
    for what in OF_TEXT:
        [row] = ada_api.get(f"{SERVER}/{what}").json()["results"]
        answers: list[Any] = [
            gus_api.get(f"{SERVER}/{what}"),
            gus_api.get(f"tenants/globex/servers/demo/{what}/{row['id']}"),
            gus_api.patch(f"tenants/globex/servers/demo/{what}/{row['id']}", {"title": "Mine"}),
            gus_api.delete(f"tenants/globex/servers/demo/{what}/{row['id']}"),
        ]
        assert {answer.status_code for answer in answers} == {404}
        made_up = "11111111-2222-4333-8444-555555555555"
        assert answers[1].content == gus_api.get(f"tenants/globex/servers/demo/{what}/{made_up}").content
        assert ada_api.get(f"{SERVER}/{what}/{row['id']}").json() == row
