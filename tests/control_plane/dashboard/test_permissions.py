"""Permissions: role by tool, people, keys and clients, and what comes of it all."""

from itertools import product
from typing import Any

import pytest

from control_plane.dashboard.permissions.matrix import ROLES, role_matrix
from control_plane.effective_tools import effective_for_role
from tenants.catalogue import tool_catalogue
from tenants.models import Grant, ServerTool
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.grants import grant_set
from tenants.services.server_tool_choice import server_tools_add
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person

BASE = "/app/acme/servers/demo/permissions/"
HTMX = {"HX-Request": "true"}


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def which(person: Person) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def said(person: Person) -> set[tuple[str, ...]]:
    with tenant_scope(person.company.tenant):
        return set(Grant.objects.values_list("subject_kind", "subject", "target_kind", "target", "effect"))


@pytest.mark.parametrize("effects", list(product([None, "allow", "deny"], repeat=3)))
def test_the_table_says_what_the_runtime_decides(cast: Cast, store: Any, effects: tuple[str | None, ...]) -> None:
    targets = (("server", ""), ("annotation", "read_only"), ("tool", str(tool(cast.ada, "count").pk)))
    with tenant_scope(cast.acme.tenant):
        Grant.objects.all().delete()
    for (kind, target), effect in zip(targets, effects, strict=True):
        if effect is not None:
            subject = {"subject_kind": "role", "subject": "caller", "target_kind": kind, "target": target}
            grant_set(**which(cast.ada), **subject, effect=effect)
    with tenant_scope(cast.acme.tenant):
        matrix = role_matrix(server=cast.acme.server, catalogue=tool_catalogue())
        for role in ROLES:
            effective = effective_for_role(tenant=cast.acme.tenant, server=cast.acme.server, role=role)
            decided = {each.name: each.is_allowed for each in effective.tools}
            shown = {row.words: cell.is_allowed for row in matrix.tools for cell in row.cells if cell.role == role}
            assert shown == decided
            assert matrix.allowed(role) == effective.allowed


def test_a_click_changes_one_row_without_a_page(cast: Cast, store: Any) -> None:
    client, target = signed_in_client(cast.ada), str(tool(cast.ada, "shout").pk)
    before = said(cast.ada)
    taken = client.post(f"{BASE}cell", {"cell": f"caller|tool:{target}|0"}, headers=HTMX)
    assert taken.status_code == 200
    assert "<html" not in taken.content.decode()
    assert f'id="tool-{target}"' in taken.content.decode()
    assert said(cast.ada) == before - {("role", "caller", "tool", target, "allow")}
    wide = client.post(f"{BASE}cell", {"cell": "caller|annotation:read_only|1"}, headers=HTMX)
    assert (wide.status_code, wide["HX-Retarget"]) == (200, "#matrix")
    assert ("role", "caller", "annotation", "read_only", "allow") in said(cast.ada)
    assert client.post(f"{BASE}cell", {"cell": f"caller|tool:{target}|1"})["Location"] == BASE


@pytest.mark.parametrize(
    "cell", ["", "caller", "caller|tool|1", "caller|tool:x|2", "caller|nothing:|1", "nobody|server:|1"]
)
def test_what_is_no_cell_changes_nothing(cast: Cast, store: Any, cell: str) -> None:
    before = said(cast.ada)
    assert signed_in_client(cast.ada).post(f"{BASE}cell", {"cell": cell}).status_code in (400, 404)
    assert said(cast.ada) == before


def test_a_foreign_tool_is_no_tool(cast: Cast, store: Any) -> None:
    foreign, before = str(tool(cast.gus, "shout").pk), said(cast.gus)
    client = signed_in_client(cast.ada)
    assert client.post(f"{BASE}cell", {"cell": f"caller|tool:{foreign}|1"}).status_code == 404
    assert said(cast.gus) == before


def test_developers_look_and_callers_do_not(cast: Cast, store: Any) -> None:
    developer, _ = as_role(cast, "developer")
    page = developer.get(BASE).content.decode()
    assert "shout" in page
    assert '<button type="submit" class="btn btn-quiet btn-small"' not in page
    assert "Owners and admins change it." in page
    inner = ("people/", "keys/", "check")
    assert [developer.get(BASE + path).status_code for path in inner] == [403, 403, 403]
    before = said(cast.ada)
    assert developer.post(f"{BASE}cell", {"cell": "developer|server:|1"}).status_code == 403
    caller, _ = as_role(cast, "caller")
    assert [caller.get(BASE + path).status_code for path in ("", *inner)] == [403, 403, 403, 403]
    assert said(cast.ada) == before


def test_one_server_is_gone_to_and_several_are_listed(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    assert client.get("/app/acme/permissions/")["Location"] == BASE
    client.post("/app/acme/servers/new", {"name": "Other", "slug": "other"})
    assert "Other" in client.get("/app/acme/permissions/").content.decode()


def test_people_have_exceptions_until_they_are_removed(cast: Cast, store: Any) -> None:
    client, target = signed_in_client(cast.ada), str(tool(cast.ada, "shout").pk)
    form = {"person": str(cast.max.user.pk), "effect": "deny", "target": f"tool:{target}"}
    assert client.post(f"{BASE}people/", form).status_code == 302
    page = client.get(f"{BASE}people/")
    assert "may not call" in page.content.decode()
    (row,) = page.context["rows"]
    assert (row.person, row.role, row.target) == ("Max", "caller", "shout")
    assert client.post(f"{BASE}people/{row.grant.pk}/remove").status_code == 302
    assert client.get(f"{BASE}people/").context["rows"] == []
    stranger = client.post(f"{BASE}people/", {**form, "person": str(cast.gus.user.pk)})
    assert stranger.status_code == 422
    assert "gus" not in stranger.content.decode()


def test_a_key_is_limited_and_let_loose_again(cast: Cast, store: Any) -> None:
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.max.actor, name="Laptop", scopes=["mcp:call"]).api_key
    client, chosen = signed_in_client(cast.ada), str(tool(cast.ada, "count").pk)
    path = f"{BASE}keys/{key.pk}/"
    assert client.get(path).context["form"]["reach"].value() == "everything"
    assert client.post(path, {"reach": "chosen"}).status_code == 422
    assert client.post(path, {"reach": "chosen", "tools": [chosen]}).status_code == 302
    assert ("api_key", str(key.family), "tool", chosen, "allow") in said(cast.ada)
    assert "1 chosen tool" in client.get(f"{BASE}keys/").content.decode()
    page = client.get(path)
    assert (page.context["form"]["reach"].value(), page.context["form"]["tools"].value()) == ("chosen", [chosen])
    reasons = {each.name: each.reason for each in page.context["effective"].tools}
    assert reasons == {"count": "", "shout": "outside_selection"}
    grant = next(grant for grant in said_rows(cast.ada) if grant.subject_kind == "api_key")
    assert client.post(f"{BASE}people/{grant.pk}/remove").status_code == 404
    assert client.post(path, {"reach": "everything", "tools": [chosen]}).status_code == 302
    assert not any(kind == "api_key" for kind, *_ in said(cast.ada))


def said_rows(person: Person) -> list[Grant]:
    with tenant_scope(person.company.tenant):
        return list(Grant.objects.all())


def test_a_check_shows_what_somebody_would_see_and_why_not(cast: Cast, store: Any) -> None:
    server_tools_add(**which(cast.ada), tools=[("ledger", "post")])
    who = {"tenant": cast.acme.tenant, "actor": cast.max.actor}
    read = api_key_create(**who, name="Reader", scopes=["mcp:read"]).api_key
    manage = api_key_create(**who, name="Manager", scopes=["manage:read"]).api_key
    client = signed_in_client(cast.ada)

    def reasons(**chosen: str) -> dict[str, str]:
        page = client.get(f"{BASE}check", {"person": str(cast.max.user.pk), **chosen})
        return {each.name: each.reason for each in page.context["effective"].tools}

    assert reasons() == {"count": "", "shout": "", "post": "not_granted"}
    assert reasons(through=f"key:{read.pk}") == {"count": "", "shout": "insufficient_scope", "post": "not_granted"}
    page = client.get(f"{BASE}check", {"person": str(cast.max.user.pk), "through": f"key:{manage.pk}"})
    assert "opens no server" in page.content.decode()
    assert client.get(f"{BASE}check", {"person": str(cast.gus.user.pk)}).status_code == 404
    assert client.get(f"{BASE}check", {"person": "nobody"}).status_code == 404


def test_an_auditor_sees_no_tool(cast: Cast, store: Any) -> None:
    as_role(cast, "auditor")
    page = signed_in_client(cast.ada).get(f"{BASE}check", {"person": str(cast.max.user.pk)})
    assert "Members with the role auditor call no tools." in page.content.decode()


def test_many_keys_and_exceptions_cost_as_many_queries_as_one(
    cast: Cast, store: Any, django_assert_max_num_queries: Any
) -> None:
    client, tools = signed_in_client(cast.ada), [str(tool(cast.ada, name).pk) for name in ("count", "shout")]

    def more(number: int) -> None:
        for _ in range(number):
            issued = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Key", scopes=["mcp:call"])
            subject = {"subject_kind": "api_key", "subject": str(issued.api_key.family), "target_kind": "tool"}
            grant_set(**which(cast.ada), **subject, target=tools[0])

    more(1)
    counts = {}
    for path in (f"{BASE}keys/", f"{BASE}check", f"{BASE}people/"):
        client.get(path)
        with django_assert_max_num_queries(25) as few:
            client.get(path)
        counts[path] = len(few)
    more(30)
    for path, count in counts.items():
        with django_assert_max_num_queries(count):
            assert client.get(path).status_code == 200
