"""Tools of a server: the list, choosing from toolkits, one tool."""

import json
from typing import Any

import pytest

from control_plane.dashboard.server_tools.schema_rows import schema_rows
from tenants.models import ServerTool
from tenants.scope import tenant_scope
from tenants.services.server_tools import server_tool_add
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures import catalogue as catalogues
from tests.fixtures.cast import Cast, Person

TOOLS = "/app/acme/servers/demo/tools/"
HTMX = {"HX-Request": "true"}


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def names(person: Person) -> list[str]:
    with tenant_scope(person.company.tenant):
        return sorted(ServerTool.objects.values_list("name", flat=True))


def test_a_switch_answers_with_the_row_as_it_is_now(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    off = client.post(f"{TOOLS}shout/enabled", headers=HTMX)
    assert off.status_code == 200
    assert "<html" not in off.content.decode()
    assert "checked" not in off.content.decode()
    assert json.loads(off["HX-Trigger"])["toast"]["text"].startswith("shout is off")
    assert not tool(cast.ada, "shout").is_enabled
    on = client.post(f"{TOOLS}shout/enabled", {"is_enabled": "on"}, headers=HTMX)
    assert " checked" in on.content.decode()
    assert tool(cast.ada, "shout").is_enabled
    assert tool(cast.gus, "shout").is_enabled
    assert client.post(f"{TOOLS}shout/enabled")["Location"] == f"{TOOLS}shout/"


def test_tools_are_added_together_and_those_here_are_marked(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    client.post(f"{TOOLS}shout/", {"name": "post"})
    page = client.get(f"{TOOLS}add").content.decode()
    assert "On this server already, as post." in page
    assert "Another tool of this server is called post." in page
    client.post(f"{TOOLS}post/", {"name": "shout"})
    added = client.post(f"{TOOLS}add", {"tools": ["ledger/post"]})
    assert added["Location"] == "/app/acme/servers/demo/permissions/"
    assert names(cast.ada) == ["count", "post", "shout"]
    assert names(cast.gus) == ["count", "shout"]


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ([], "Choose at least one tool."),
        (["text/none"], "is not one of the available choices"),
        (["text/shout"], "two of shout"),
    ],
)
def test_what_can_not_be_added_is_said_and_the_rest_stays_chosen(
    cast: Cast, store: Any, tools: list[str], says: str
) -> None:
    answer = signed_in_client(cast.ada).post(f"{TOOLS}add", {"tools": [*tools, *(["ledger/post"] if tools else [])]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert ('value="ledger/post" checked' in page) is bool(tools)
    assert names(cast.ada) == ["count", "shout"]


def test_a_tool_is_described_and_limited_anew(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    given = {"name": "shout_loud", "title": "Shout", "description": "Louder.", "per_second": "2", "burst": "4"}
    saved = client.post(f"{TOOLS}shout/", {**given, "concurrency": "3", "timeout_seconds": "1.5"})
    assert saved["Location"] == f"{TOOLS}shout_loud/"
    row = tool(cast.ada, "shout_loud")
    assert (row.title, row.description, row.rate_per_second, row.rate_burst) == ("Shout", "Louder.", 2.0, 4)
    assert (row.concurrency, row.timeout_seconds) == (3, 1.5)
    assert "2/s · 3 at once · 1.5 s" in client.get(TOOLS).content.decode()
    client.post(f"{TOOLS}shout_loud/", {"name": "shout"})
    assert tool(cast.ada, "shout").rate_per_second is None


def test_a_tool_is_put_on_workers_and_taken_back(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert "while the client waits" in client.get(f"{TOOLS}shout/").content.decode()
    client.post(f"{TOOLS}shout/", {"name": "shout", "mode": "background"})
    assert tool(cast.ada, "shout").mode == "background"
    page = client.get(f"{TOOLS}shout/").content.decode()
    assert "as a job on a worker" in page
    assert '<option value="background" selected>' in page
    assert ">job</span>" in client.get(TOOLS).content.decode()
    client.post(f"{TOOLS}shout/", {"name": "shout", "mode": ""})
    assert tool(cast.ada, "shout").mode == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "count"}, "Another tool of this server has this name."),
        ({"name": "no spaces"}, "Use 1 to 64 letters"),
        ({"timeout_seconds": "61"}, "at most 60"),
        ({"mode": "elsewhere"}, "Select a valid choice"),
        ({"burst": "4"}, "Say how many a second, too"),
    ],
)
def test_a_wrong_value_comes_back_to_its_field(cast: Cast, store: Any, wrong: dict[str, str], says: str) -> None:
    answer = signed_in_client(cast.ada).post(f"{TOOLS}shout/", {"name": "shout", "title": "Kept", **wrong})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert tool(cast.ada, "shout").title == ""


def test_a_tool_is_removed(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert "Within seconds nobody sees or calls it" in client.get(f"{TOOLS}shout/").content.decode()
    assert client.post(f"{TOOLS}shout/remove")["Location"] == TOOLS
    assert (names(cast.ada), names(cast.gus)) == (["count"], ["count", "shout"])


def test_a_tool_that_is_no_longer_installed_says_so(cast: Cast, store: Any, settings: Any) -> None:
    settings.TOOL_CATALOGUE = f"{catalogues.__name__}.FEWER"
    client = signed_in_client(cast.ada)
    assert "not installed" in client.get(TOOLS).content.decode()
    assert "This installation has no such tool any more." in client.get(f"{TOOLS}count/").content.decode()


@pytest.mark.parametrize("role", ["caller", "auditor"])
def test_tools_are_for_those_who_manage_servers(cast: Cast, store: Any, role: str) -> None:
    client, _ = as_role(cast, role)
    for path in (TOOLS, f"{TOOLS}add", f"{TOOLS}shout/", f"{TOOLS}none/"):
        assert client.get(path).status_code == 403
    for path in (f"{TOOLS}shout/enabled", f"{TOOLS}shout/remove"):
        assert client.post(path).status_code == 403
    assert names(cast.ada) == ["count", "shout"]


def test_what_people_and_toolkits_wrote_is_text(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    evil = "<script>alert(1)</script>"
    client.post(f"{TOOLS}shout/", {"name": "shout", "title": evil, "description": evil})
    for path in (TOOLS, f"{TOOLS}shout/"):
        page = client.get(path).content.decode()
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_many_tools_cost_as_many_queries_as_few(cast: Cast, store: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in_client(cast.ada)
    paths = (TOOLS, f"{TOOLS}add", f"{TOOLS}shout/", "/app/acme/servers/demo/", "/app/acme/servers/demo/permissions/")
    counts = {}
    for path in paths:
        client.get(path)
        with django_assert_max_num_queries(25) as few:
            client.get(path)
        counts[path] = len(few)
    which = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    for number in range(50):
        server_tool_add(**which, toolkit="ledger", tool="post", name=f"post_{number}")
    for path in paths:
        with django_assert_max_num_queries(counts[path]):
            assert client.get(path).status_code == 200


def test_a_schema_is_told_in_rows() -> None:
    schema = {
        "type": "object",
        "$defs": {"address": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 80}}}},
        "required": ["size"],
        "properties": {
            "size": {"type": "integer", "minimum": 2, "maximum": 1000, "description": "Rows."},
            "kind": {"enum": ["a", "b"], "default": "a"},
            "home": {"$ref": "#/$defs/address", "description": "Where."},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": ["string", "null"]}}}},
            "any": True,
            "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    }
    rows = {row.path: (row.type, row.is_required, row.description, row.bounds) for row in schema_rows(schema)}
    assert rows == {
        "size": ("integer", True, "Rows.", "2 to 1,000"),
        "kind": ("one of a few", False, "", "a, b · 'a' if left out"),
        "home": ("object", False, "Where.", ""),
        "home.city": ("string", False, "", "at most 80 characters"),
        "rows": ("list of object", False, "", ""),
        "rows[].id": ("string or null", False, "", ""),
        "any": ("any value", False, "", ""),
        "either": ("string or null", False, "", ""),
    }


def test_a_schema_that_refers_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/properties/node"}}}
    assert len(schema_rows({"type": "object", "properties": {"node": node}})) == 5
