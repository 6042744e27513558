"""Connect: each client's set-up for this server, a key on the spot, and who has come."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from control_plane.connect.catalogue import CLIENTS
from control_plane.connect.target import PLACEHOLDER
from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.services.calls import calls_record
from tenants.services.servers import server_create
from tests.control_plane.dashboard.pages import as_role, fields_of, signed_in_client
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of

PAGE = "/app/acme/servers/demo/connect/"
URL = "http://127.0.0.1:8000/mcp/acme/demo"


def keys(cast: Cast) -> list[ApiKey]:
    with tenant_scope(cast.acme.tenant):
        return list(ApiKey.objects.prefetch_related("servers"))


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_urls_have_names() -> None:
    names = {"tenant": "acme", "server": "demo"}
    assert reverse("server_connect", kwargs=names) == PAGE
    assert reverse("server_connect_now", kwargs=names) == f"{PAGE}now"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_every_client_and_way_has_its_own_address(cast: Cast, client: Any) -> None:
    browser = signed_in_client(cast.max)
    for auth in client.ways:
        shown = text_of(browser.get(f"{PAGE}?client={client.slug}&auth={auth}"))
        assert re.search(rf'<a href="\?client={client.slug}&amp;auth={auth}" [^>]*aria-current="true">', shown)
        assert URL in shown
        assert (PLACEHOLDER in shown) is (auth == "key")


def test_who_asks_for_what_is_not_there_gets_the_first(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    first = "claude mcp add --transport http demo"
    for query in ("", "?client=made-up", "?client=claude-code&auth=made-up", "?client=%3Cscript%3E"):
        assert first in text_of(browser.get(f"{PAGE}{query}"))
    assert "Developer mode" in text_of(browser.get(f"{PAGE}?client=chatgpt&auth=key"))


def test_a_cloud_client_is_said_not_to_reach_this_machine(cast: Cast, settings: Any) -> None:
    browser = signed_in_client(cast.ada)
    warning = "ChatGPT can't reach this machine."
    assert warning in text_of(browser.get(f"{PAGE}?client=chatgpt"))
    settings.EMBEDDED = False
    settings.ALLOWED_HOSTS = ["testserver"]
    assert warning not in text_of(browser.get(f"{PAGE}?client=chatgpt"))


def form_of(browser: Client, query: str) -> dict[str, Any]:
    return fields_of(browser.get(f"{PAGE}{query}"))


def test_a_key_is_made_on_the_spot_and_shown_once(cast: Cast) -> None:
    browser, query = signed_in_client(cast.max), "?client=codex&auth=key"
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    form = form_of(browser, query)
    answer = browser.post(f"{PAGE}{query}", form)
    (key,) = keys(cast)
    assert (key.name, key.scopes) == ("Codex · Connect page", ["mcp:read", "mcp:call"])
    assert [server.slug for server in key.servers.all()] == ["demo"]
    assert (key.expires_at - key.created_at).days in (89, 90)
    assert key.user_id == cast.max.user.pk
    secrets = re.findall(r"atk_\w{38}", text_of(answer))
    assert secrets
    assert PLACEHOLDER not in text_of(answer).replace("It takes the place of YOUR_API_KEY", "")
    assert "no-store" in answer.headers["Cache-Control"]
    assert secrets[0] not in text_of(browser.get(f"{PAGE}{query}"))
    again = browser.post(f"{PAGE}{query}", form)
    assert again.status_code == 422
    assert "atk_" not in again.content.decode()
    assert len(keys(cast)) == 1


def test_a_form_that_was_not_asked_for_makes_nothing(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    assert browser.post(f"{PAGE}?client=codex&auth=key", {"once": "made-up"}).status_code == 422
    assert browser.post(f"{PAGE}?client=chatgpt", form_of(browser, "?client=curl")).status_code == 200
    assert keys(cast) == []
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.ada.user)
    assert careful.post(f"{PAGE}?client=curl", form_of(browser, "?client=curl")).status_code == 403
    assert keys(cast) == []


def steps(browser: Client, path: str = f"{PAGE}now") -> list[tuple[str, str]]:
    return re.findall(r'<li class="step step-(\w+)".*?<b>(.*?)</b>', text_of(browser.get(path)), re.DOTALL)


def test_the_checklist_follows_what_happens(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    assert steps(browser) == [
        ("done", "Server made"),
        ("done", "2 tools ready"),
        ("now", "Waiting for your first connection…"),
        ("next", "First tool call"),
    ]
    calls_record(events=[event_of(cast.max, method="initialize", tool="", client_name="Editor/2")])
    assert steps(browser)[2:] == [("done", "Editor connected"), ("now", "Waiting for the first tool call…")]
    assert "Max" in text_of(browser.get(f"{PAGE}now"))
    calls_record(events=[event_of(cast.max, client_name="Editor/2")])
    assert steps(browser)[2:] == [("done", "Editor connected"), ("done", "shout called")]
    calls_record(events=[event_of(cast.gus, client_name="Stranger/1")])
    assert "Stranger" not in text_of(browser.get(PAGE))


def test_what_a_client_calls_itself_is_text(cast: Cast) -> None:
    calls_record(events=[event_of(cast.ada, client_name="<script>alert(1)</script>/1")])
    shown = text_of(signed_in_client(cast.ada).get(PAGE))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_its_queries_do_not_grow_with_what_happened(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = signed_in_client(cast.ada)
    browser.get(PAGE)
    with django_assert_max_num_queries(40) as few:
        browser.get(PAGE)
    calls_record(
        events=[event_of(person, client_name=f"client-{n}/1") for n in range(30) for person in (cast.ada, cast.max)]
    )
    with django_assert_max_num_queries(len(few) + 1):
        browser.get(PAGE)


def test_who_may_not_call_has_nothing_to_connect(cast: Cast) -> None:
    for path in (PAGE, f"{PAGE}now"):
        assert as_role(cast, "auditor")[0].get(path).status_code == 403
        assert signed_in_client(cast.gus).get(path).status_code == 404
        assert Client().get(path).status_code == 302
