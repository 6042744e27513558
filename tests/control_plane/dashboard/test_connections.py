"""The pages of connections: one's own, and everybody's for owner and admin."""

from typing import Any

import pytest
from django.utils import timezone

from tenants.models import Connection, ServerTool
from tenants.scope import platform_scope, tenant_scope
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.control_plane.dashboard.test_calls import record
from tests.control_plane.dashboard.test_oauth_clients import client_of
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import client_build, connection_build

CONNECTIONS = "/app/acme/connections/"
DOCUMENT = "https://editor.example/client.json"


def live(cast: Cast) -> int:
    with tenant_scope(cast.acme.tenant):
        return Connection.objects.filter(revoked_at=None).count()


def tools(cast: Cast) -> dict[str, str]:
    with tenant_scope(cast.acme.tenant):
        return {tool.name: str(tool.pk) for tool in ServerTool.objects.order_by("name")}


def chosen(connection: Connection) -> list[str] | None:
    with platform_scope("test"):
        found: list[str] | None = Connection.objects.get(pk=connection.pk).tool_ids
        return found


@pytest.mark.parametrize(
    ("role", "sees_all"), [("owner", True), ("admin", True), ("developer", False), ("caller", False)]
)
def test_admins_see_everybodys_connections_and_others_their_own(cast: Cast, role: str, sees_all: bool) -> None:
    other = connection_build(cast.max if role == "owner" else cast.ada, client_build("other", name="Otherwise"))
    browser, person = as_role(cast, role)
    own = connection_build(person)
    page = browser.get(CONNECTIONS).content.decode()
    assert "Editor" in page
    assert ("Otherwise" in page) is sees_all
    assert browser.get(f"{CONNECTIONS}{own.pk}/").status_code == 200
    assert browser.get(f"{CONNECTIONS}{other.pk}/").status_code == (200 if sees_all else 404)
    assert browser.post(f"{CONNECTIONS}{other.pk}/revoke").status_code == (302 if sees_all else 404)
    assert live(cast) == (1 if sees_all else 2)


def test_auditors_have_no_connections(cast: Cast) -> None:
    browser, _ = as_role(cast, "auditor")
    assert browser.get(CONNECTIONS).status_code == 403
    assert browser.post(f"{CONNECTIONS}revoke", {"client": "editor"}).status_code == 403


def test_where_a_client_comes_from_is_said(cast: Cast) -> None:
    ours = client_of(cast.ada).oauth_client
    for client in (client_build(), client_build(DOCUMENT, name="Described"), ours):
        connection_build(cast.ada, client)
    page = signed_in_client(cast.ada).get(CONNECTIONS).content.decode()
    for origin in ("registered itself", "editor.example, checked", "set up by this tenant"):
        assert origin in page


def test_its_person_chooses_the_tools(cast: Cast) -> None:
    connection, browser, known = connection_build(cast.max), signed_in_client(cast.max), tools(cast)
    page = f"{CONNECTIONS}{connection.pk}/"
    assert browser.post(page, {"reach": "chosen", "tools": [known["count"]]}).status_code == 302
    assert chosen(connection) == [known["count"]]
    assert "Only those chosen" in browser.get(page).content.decode()
    none = browser.post(page, {"reach": "chosen"})
    assert (none.status_code, "Choose at least one tool" in none.content.decode()) == (422, True)
    foreign = browser.post(page, {"reach": "chosen", "tools": ["11111111-2222-4333-8444-555555555555"]})
    assert foreign.status_code == 422
    assert chosen(connection) == [known["count"]]
    assert browser.post(page, {"reach": "all"}).status_code == 302
    assert chosen(connection) is None


def test_nobody_else_chooses_them(cast: Cast) -> None:
    known = tools(cast)
    connection = connection_build(cast.max, tool_ids=[known["count"]])
    ada, page = signed_in_client(cast.ada), f"{CONNECTIONS}{connection.pk}/"
    shown = ada.get(page).content.decode()
    assert "<code>count</code>" in shown
    assert "Save tools" not in shown
    assert ada.post(page, {"reach": "all"}).status_code == 403
    assert chosen(connection) == [known["count"]]


def test_an_ended_connection_is_among_the_ended(cast: Cast) -> None:
    connection, browser = connection_build(cast.max), signed_in_client(cast.max)
    assert "cut off" in browser.get(f"{CONNECTIONS}{connection.pk}/").content.decode()
    browser.post(f"{CONNECTIONS}{connection.pk}/revoke")
    assert browser.get(CONNECTIONS).context["rows"] == []
    assert "Editor" in browser.get(f"{CONNECTIONS}?show=ended").content.decode()
    page = browser.get(f"{CONNECTIONS}{connection.pk}/").content.decode()
    assert "Save tools" not in page
    assert "revoke-connection" not in page
    assert browser.post(f"{CONNECTIONS}{connection.pk}/", {"reach": "all"}).status_code == 422


def test_a_client_is_cut_off_everywhere_at_once(cast: Cast) -> None:
    for person in (cast.ada, cast.max, cast.gus):
        connection_build(person)
    other = connection_build(cast.max, client_build("other"))
    signed_in_client(cast.max).post(f"{CONNECTIONS}revoke", {"client": "editor"})
    assert live(cast) == 2
    signed_in_client(cast.ada).post(f"{CONNECTIONS}revoke", {"client": "editor"})
    with platform_scope("test"):
        left = set(Connection.objects.filter(revoked_at=None).values_list("pk", "tenant_id"))
    assert {tenant for _, tenant in left} == {cast.acme.tenant.pk, cast.globex.tenant.pk}
    assert len(left) == 2
    assert other.pk in {pk for pk, _ in left}


def test_its_calls_are_on_its_page(cast: Cast) -> None:
    connection = connection_build(cast.max)
    record(cast.max, tool="by_editor", client=connection.client_id)
    record(cast.max, tool="by_another", client="another")
    page = signed_in_client(cast.max).get(f"{CONNECTIONS}{connection.pk}/").content.decode()
    assert "by_editor" in page
    assert "by_another" not in page


def test_what_a_client_calls_itself_is_text_that_can_be_seen(cast: Cast) -> None:
    connection = connection_build(cast.max, client_build("odd", name="<b>Editor\u202e"))
    browser = signed_in_client(cast.max)
    for path in (CONNECTIONS, f"{CONNECTIONS}{connection.pk}/", f"{CONNECTIONS}?client=odd"):
        page = browser.get(path).content.decode()
        assert "<b>Editor" not in page
        assert "\u202e" not in page


def test_the_outsider_sees_no_connection(cast: Cast) -> None:
    connection, gus = connection_build(cast.max), signed_in_client(cast.gus)
    assert gus.get(CONNECTIONS).status_code == 404
    assert gus.get(f"/app/globex/connections/{connection.pk}/").status_code == 404
    assert "Editor" not in gus.get("/app/globex/connections/?client=editor").content.decode()
    gus.post("/app/globex/connections/revoke", {"client": "editor"})
    assert live(cast) == 1


def test_many_connections_are_listed_with_as_many_queries_as_one(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in_client(cast.ada)
    connection_build(cast.max, connected_at=None)
    assert "not yet connected" in browser.get(CONNECTIONS).content.decode()
    with django_assert_max_num_queries(16) as counted:
        browser.get(CONNECTIONS)
    for number in range(8):
        connection_build(cast.max, client_build(f"client-{number}"), last_used_at=timezone.now())
    with django_assert_max_num_queries(len(counted)):
        browser.get(CONNECTIONS)
