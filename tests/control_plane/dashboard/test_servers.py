"""Servers: list, make, look at, change, delete."""

from typing import Any

import pytest

from tenants.models import Server
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_tool_list
from tenants.services.api_keys import api_key_create
from tenants.services.servers import server_create
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person

LIST, NEW, DEMO, SETTINGS = (f"/app/acme/servers/{rest}" for rest in ("", "new", "demo/", "demo/settings/"))
MANAGERS = ("owner", "admin", "developer")


def demo(person: Person) -> Server:
    with tenant_scope(person.company.tenant):
        return Server.objects.get(pk=person.company.server.pk)


def slugs(person: Person) -> list[str]:
    with tenant_scope(person.company.tenant):
        return sorted(Server.objects.values_list("slug", flat=True))


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_every_member_sees_the_servers_and_some_make_them(cast: Cast, store: Any, role: str) -> None:
    client, _ = as_role(cast, role)
    page = client.get(LIST).content.decode()
    assert "/mcp/acme/demo" in page
    assert "globex" not in page
    assert ("New server" in page) is (role in MANAGERS)
    for path in (NEW, SETTINGS, f"{DEMO}tools/", f"{DEMO}permissions/"):
        assert client.get(path).status_code == (200 if role in MANAGERS else 403)
    tabs = [tab.label for tab in client.get(DEMO).context["tabs"]]
    expected = ["Overview", "Tools", "Resources", "Prompts", "Permissions", "Connect", "Sessions", "Settings"]
    lacking = set() if role in MANAGERS else {"Tools", "Permissions", "Settings"}
    lacking |= {"Connect", "Sessions"} if role == "auditor" else set()
    assert tabs == [label for label in expected if label not in lacking]


def test_a_server_starts_with_the_tools_of_its_toolkits_or_blank(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    made = client.post(NEW, {"name": "Desk", "slug": "desk", "instructions": "Hello.", "toolkits": ["text", "ledger"]})
    assert made["Location"] == "/app/acme/servers/desk/"
    blank = client.post(NEW, {"name": "Blank", "slug": "blank"})
    assert blank["Location"] == "/app/acme/servers/blank/tools/add"
    with tenant_scope(cast.acme.tenant):
        desk = Server.objects.get(slug="desk")
        assert desk.instructions == "Hello."
        assert [tool.name for tool in server_tool_list(server=desk)] == ["count", "post", "shout"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"slug": "demo"}, "Another server has this name in its URL."),
        ({"slug": "Not a slug"}, "Use 1 to 63 lower-case letters, digits and inner hyphens."),
        ({"name": ""}, "This field is required."),
        ({"toolkits": ["none"]}, "none is not one of the available choices."),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(cast: Cast, store: Any, wrong: dict[str, Any], says: str) -> None:
    answer = signed_in_client(cast.ada).post(
        NEW, {"name": "Kept", "slug": "kept", "instructions": "Also kept", **wrong}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert "Also kept" in page
    assert slugs(cast.ada) == ["demo"]


def test_settings_are_saved_and_wrong_ones_are_not(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    given = {
        "name": "Desk",
        "instructions": "Two\r\nlines",
        "allowed_origins": "https://a.example\r\nhttps://b.example",
    }
    assert client.post(SETTINGS, {**given, "per_second": "2.5", "burst": "5"}).status_code == 302
    saved = demo(cast.ada)
    assert (saved.name, saved.instructions, saved.rate_per_second, saved.rate_burst) == ("Desk", "Two\nlines", 2.5, 5)
    assert saved.allowed_origins == ["https://a.example", "https://b.example"]
    for wrong, says in (
        ({"allowed_origins": "a.example"}, "a.example is not an origin"),
        ({"per_second": "1"}, "Say how many at once, too"),
        ({"name": ""}, "This field is required."),
    ):
        answer = client.post(SETTINGS, {**given, **wrong})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert demo(cast.ada).version == saved.version
    assert demo(cast.gus).name == "Demo"


def test_moving_a_server_says_who_will_notice_and_moves_it(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    api_key_create(**who, name="Key", scopes=["mcp:call"], servers=[cast.acme.server])
    page = client.get(SETTINGS).content.decode()
    assert "answers nobody any more" in page
    assert "1 API key made for it alone stop working." in page
    assert client.post(f"{SETTINGS}slug", {"slug": "Not one"}).status_code == 422
    moved = client.post(f"{SETTINGS}slug", {"slug": "desk"})
    assert moved["Location"] == "/app/acme/servers/desk/settings/"
    assert slugs(cast.ada) == ["desk"]
    assert slugs(cast.gus) == ["demo"]


def test_a_server_is_suspended_and_resumed(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert client.post(f"{SETTINGS}suspend").status_code == 302
    assert demo(cast.ada).status == "suspended"
    assert "It serves nobody until it is resumed." in client.get(DEMO).content.decode()
    assert client.post(f"{SETTINGS}resume").status_code == 302
    assert demo(cast.ada).status == "active"


def test_a_server_is_deleted_once_its_name_is_typed(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    answer = client.post(f"{SETTINGS}delete", {"confirmation": "Demo"})
    assert answer.status_code == 422
    assert "type demo" in answer.content.decode()
    assert slugs(cast.ada) == ["demo"]
    assert client.post(f"{SETTINGS}delete", {"confirmation": "demo"})["Location"] == LIST
    assert slugs(cast.ada) == []
    assert slugs(cast.gus) == ["demo"]
    assert "No server yet" in client.get(LIST).content.decode()


def test_the_plan_ends_the_making_of_servers(cast: Cast, store: Any) -> None:
    cast.acme.tenant.plan = {"servers": 1}
    with tenant_scope(cast.acme.tenant):
        cast.acme.tenant.save()
    client = signed_in_client(cast.ada)
    assert "The plan allows 1 server." in client.get(LIST).content.decode()
    answer = client.post(NEW, {"name": "Second", "slug": "second"})
    assert answer.status_code == 422
    assert "The plan allows no more servers." in answer.content.decode()


def test_many_servers_cost_as_many_queries_as_one(cast: Cast, store: Any, django_assert_max_num_queries: Any) -> None:
    cast.acme.tenant.plan = {"servers": 100}
    with tenant_scope(cast.acme.tenant):
        cast.acme.tenant.save()
    client = signed_in_client(cast.ada)
    client.get(LIST)
    with django_assert_max_num_queries(16) as one:
        client.get(LIST)
    for number in range(50):
        server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug=f"s{number}", name=f"S {number}")
    with django_assert_max_num_queries(len(one)):
        assert client.get(LIST).status_code == 200
