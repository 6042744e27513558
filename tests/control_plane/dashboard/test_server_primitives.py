"""Resources and prompts of a server: the lists, choosing from toolkits, one of them."""

import json
from typing import Any

import pytest

from tenants.actor import PLATFORM
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.scope import tenant_scope
from tenants.services.server_primitive_choice import Choice, server_primitives_add
from tenants.services.tenants import tenant_limits_set
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures import catalogue as catalogues
from tests.fixtures.cast import Cast, Person

RESOURCES, PROMPTS = (f"/app/acme/servers/demo/{family}/" for family in ("resources", "prompts"))
HTMX = {"HX-Request": "true"}


def primitive(person: Person, name: str) -> ServerPrimitive:
    with tenant_scope(person.company.tenant):
        return ServerPrimitive.objects.get(server_id=person.company.server.pk, name=name)


def names(person: Person) -> list[str]:
    with tenant_scope(person.company.tenant):
        return sorted(ServerPrimitive.objects.values_list("name", flat=True))


def page_of(person: Person, name: str) -> str:
    row = primitive(person, name)
    return f"{PROMPTS if row.kind == 'prompt' else RESOURCES}{row.pk}/"


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_every_member_looks_and_some_change(cast: Cast, store: Any, role: str) -> None:
    client, _ = as_role(cast, role)
    manages = role in ("owner", "admin", "developer")
    resources, prompts = (client.get(path).content.decode() for path in (RESOURCES, PROMPTS))
    for shown in ("text://style", "text://words/{word}", "Style guide"):
        assert shown in resources
    assert "proofread" in prompts
    style = page_of(cast.ada, "style")
    detail = client.get(style).content.decode()
    for page, action in ((resources, "Add resources"), (prompts, "Add prompts"), (detail, "Switch off")):
        assert (action in page) is manages
    assert client.get(f"{RESOURCES}add").status_code == (200 if manages else 403)
    assert client.post(style, {"name": "renamed"}).status_code == (302 if manages else 403)
    assert client.post(f"{style}enabled").status_code == (302 if manages else 403)
    assert client.post(f"{style}remove").status_code == (302 if manages else 403)
    assert ("style" not in names(cast.ada)) is manages


def test_the_playground_is_one_click_away_for_those_who_may_call(cast: Cast, store: Any) -> None:
    owner, (auditor, _) = signed_in_client(cast.ada), as_role(cast, "auditor")
    queries = {
        "proofread": "?prompt=proofread",
        "style": "?resource=text%3A%2F%2Fstyle",
        "words": "?template=text%3A%2F%2Fwords%2F%7Bword%7D",
    }
    for name, query in queries.items():
        page = page_of(cast.ada, name)
        assert f'href="/app/acme/playground/demo/{query}"' in owner.get(page).content.decode()
        assert "playground/demo/?" not in auditor.get(page).content.decode()
    off = page_of(cast.ada, "proofread")
    owner.post(f"{off}enabled")
    assert "playground/demo/?" not in owner.get(off).content.decode()


def test_a_switch_answers_with_the_row_as_it_is_now(cast: Cast, store: Any) -> None:
    client, prompt = signed_in_client(cast.ada), page_of(cast.ada, "proofread")
    off = client.post(f"{prompt}enabled", headers=HTMX)
    assert "<html" not in off.content.decode()
    assert " checked" not in off.content.decode()
    assert json.loads(off["HX-Trigger"])["toast"]["text"] == "proofread is off: nobody sees or uses it."
    assert not primitive(cast.ada, "proofread").is_enabled
    assert primitive(cast.gus, "proofread").is_enabled
    on = client.post(f"{prompt}enabled", {"is_enabled": "on"}, headers=HTMX)
    assert " checked" in on.content.decode()
    assert client.post(f"{prompt}enabled")["Location"] == prompt


def test_several_are_added_together_and_those_here_are_marked(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    client.post(page_of(cast.ada, "style"), {"name": "accounts"})
    page = client.get(f"{RESOURCES}add").content.decode()
    assert "On this server already, as accounts." in page
    assert "Another one of this server is called accounts." in page
    assert "proofread" not in page
    refused = client.post(f"{RESOURCES}add", {"chosen": ["resource ledger ledger://accounts"]})
    assert refused.status_code == 422
    assert "would have two of resource accounts" in refused.content.decode()
    client.post(page_of(cast.ada, "accounts"), {"name": "style"})
    added = client.post(f"{RESOURCES}add", {"chosen": ["resource ledger ledger://accounts"]})
    assert added["Location"] == RESOURCES
    assert client.post(f"{PROMPTS}add", {"chosen": ["prompt ledger close_month"]})["Location"] == PROMPTS
    assert names(cast.ada) == ["accounts", "close_month", "proofread", "style", "words"]
    assert names(cast.gus) == ["proofread", "style", "words"]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ([], "Choose at least one."),
        (["prompt ledger close_month"], "is not one of the available choices"),
        (["resource ledger none"], "is not one of the available choices"),
    ],
)
def test_what_can_not_be_added_is_said(cast: Cast, store: Any, chosen: list[str], says: str) -> None:
    answer = signed_in_client(cast.ada).post(
        f"{RESOURCES}add", {"chosen": [*chosen, *(["resource ledger ledger://accounts"] if chosen else [])]}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert ('value="resource ledger ledger://accounts" checked' in page) is bool(chosen)
    assert names(cast.ada) == ["proofread", "style", "words"]


def test_a_full_server_says_so(cast: Cast, store: Any) -> None:
    limits = {"resources_and_prompts_per_server": 3}
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides=limits)
    client = signed_in_client(cast.ada)
    assert "The server is full." in client.get(f"{PROMPTS}add").content.decode()
    refused = client.post(f"{PROMPTS}add", {"chosen": ["prompt ledger close_month"]})
    assert "there is room for 0 more here" in refused.content.decode()


def test_one_is_described_anew(cast: Cast, store: Any) -> None:
    client, path = signed_in_client(cast.ada), page_of(cast.ada, "proofread")
    page = client.get(path).content.decode()
    assert "What to read." in page
    assert "Its toolkit suggests values." in page
    given = {"name": "check_text", "title": "Check", "description": "Check\r\nit."}
    assert client.post(path, given)["Location"] == path
    row = primitive(cast.ada, "check_text")
    assert (row.title, row.description) == ("Check", "Check\nit.")
    client.post(path, {"name": "proofread"})
    assert primitive(cast.ada, "proofread").title == ""


def test_a_wrong_name_comes_back_to_its_field(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    answer = client.post(page_of(cast.ada, "proofread"), {"name": "two words", "title": "Kept"})
    assert answer.status_code == 422
    assert "Use 1 to 64 letters" in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert primitive(cast.ada, "proofread").title == ""


def test_one_is_removed(cast: Cast, store: Any) -> None:
    client, path = signed_in_client(cast.ada), page_of(cast.ada, "style")
    assert "no client of this server sees or reads it" in client.get(path).content.decode()
    assert client.post(f"{path}remove")["Location"] == RESOURCES
    assert client.get(path).status_code == 404
    assert (names(cast.ada), names(cast.gus)) == (["proofread", "words"], ["proofread", "style", "words"])


def test_nothing_there_and_nothing_to_add_is_said(cast: Cast, store: Any, settings: Any) -> None:
    client = signed_in_client(cast.ada)
    settings.TOOL_CATALOGUE = f"{catalogues.__name__}.FEWER"
    assert "not installed" in client.get(RESOURCES).content.decode()
    assert "This installation has no such resource any more." in client.get(page_of(cast.ada, "style")).content.decode()
    assert "No toolkit here has prompts" in client.get(f"{PROMPTS}add").content.decode()
    client.post(f"{page_of(cast.ada, 'proofread')}remove")
    assert "No prompt yet" in client.get(PROMPTS).content.decode()
    assert "Owners, admins and developers choose them" in as_role(cast, "caller")[0].get(PROMPTS).content.decode()


def test_a_page_of_the_other_family_or_another_tenant_is_not_found(cast: Cast, store: Any) -> None:
    style, client = primitive(cast.ada, "style"), signed_in_client(cast.ada)
    assert client.get(f"{PROMPTS}{style.pk}/").status_code == 404
    outsider = signed_in_client(cast.gus)
    own = "/app/globex/servers/demo/resources/"
    missing = outsider.get(f"{own}11111111-2222-4333-8444-555555555555/")
    foreign = outsider.get(f"{own}{style.pk}/")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert "Style guide" not in foreign.content.decode()
    assert outsider.post(f"{own}{style.pk}/remove").status_code == 404
    assert outsider.get(RESOURCES).status_code == 404


def test_what_people_wrote_is_text(cast: Cast, store: Any) -> None:
    client, path = signed_in_client(cast.ada), page_of(cast.ada, "style")
    evil = "<script>alert(1)</script>"
    client.post(path, {"name": evil, "title": evil, "description": evil})
    for page in (client.get(RESOURCES), client.get(path), client.get(f"{RESOURCES}add")):
        assert evil not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()


def test_many_cost_as_many_queries_as_few(cast: Cast, store: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in_client(cast.ada)
    counts = {}
    paths = (PROMPTS, f"{PROMPTS}add", page_of(cast.ada, "proofread"))
    for path in paths:
        client.get(path)
        with django_assert_max_num_queries(15) as few:
            client.get(path)
        counts[path] = len(few)
    which = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    choices = [Choice(PrimitiveKind.PROMPT, "ledger", "close_month", f"close_{number}") for number in range(50)]
    server_primitives_add(**which, choices=choices)
    for path in paths:
        with django_assert_max_num_queries(counts[path]):
            assert client.get(path).status_code == 200
