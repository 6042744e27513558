"""The pages of HTTP tools: written, looked at, tried and saved without scripts; nothing that was typed is lost."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from control_plane import tool_trials
from mcp_runtime.contract.http_tools import HttpPagination, HttpParameter, HttpToolDefinition
from mcp_runtime.contract.tools import ToolAnnotations
from tenants.models import Call, ServerTool
from tenants.scope import tenant_scope
from tenants.services.http_tools import http_tool_create, http_tool_update
from tenants.services.stored_secrets import secret_create
from tenants.tool_kinds import http_definition
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.egress.outside import answer
from tests.fixtures.cast import Cast
from tests.fixtures.http_site import HttpSite, http_site
from tests.fixtures.http_tools import SCHEMA, definition, tool_made

TOOLS = "/app/acme/servers/demo/tools/"
NEW = f"{TOOLS}new-http"
VALUE = "zilpzalp-4711"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpSite]:
    with http_site() as made:
        monkeypatch.setattr(tool_trials, "outside", made.outside)
        yield made


def rows(prefix: str, *filled: dict[str, str]) -> dict[str, str]:
    """A table as a form sends it."""
    table = {f"{prefix}-TOTAL_FORMS": str(len(filled) + 1), f"{prefix}-INITIAL_FORMS": "0"}
    return table | {
        f"{prefix}-{number}-{name}": value for number, row in enumerate(filled) for name, value in row.items()
    }


def written(do: str = "save", **changes: Any) -> dict[str, str]:
    """The form of `get_item`, filled."""
    given = {
        "do": do,
        "name": "get_item",
        "title": "Get an item",
        "method": "GET",
        "url": "https://client.example/v1/items/{id}",
        "body": "none",
        **rows("parameters", {"argument": "id", "location": "path", "type": "string", "required": "on"}),
        **rows("constants", {"location": "header", "name": "Authorization", "value": "Bearer {{secret.crm-token}}"}),
    }
    return {**given, **changes}


def open_to_all(do: str = "save", **changes: Any) -> dict[str, str]:
    """The same without a secret."""
    return {name: value for name, value in written(do, **changes).items() if not name.startswith("constants-0")}


def kept(cast: Cast, name: str = "get_item") -> tuple[ServerTool, HttpToolDefinition]:
    with tenant_scope(cast.acme.tenant):
        row = ServerTool.objects.get(server_id=cast.acme.server.pk, name=name)
    found = http_definition(row)
    assert found is not None
    return row, found


def resent(page: Any) -> dict[str, str]:
    """What the form sends if nothing in it is changed."""
    shown = page.context["written"]
    sent = {field.html_name: field.value() for field in shown.form if field.value() not in (None, False, "")}
    for table in (shown.parameters, shown.constants):
        sent |= {
            f"{table.prefix}-TOTAL_FORMS": table.total_form_count(),
            f"{table.prefix}-INITIAL_FORMS": table.initial_form_count(),
        }
        sent |= {
            field.html_name: field.value() for row in table for field in row if field.value() not in (None, False, "")
        }
    return {name: "on" if value is True else str(value) for name, value in sent.items()}


@pytest.fixture
def secret(cast: Cast) -> None:
    secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="crm-token", value=VALUE)


@pytest.mark.usefixtures("secret")
def test_a_tool_is_written_and_saved(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    assert "{{secret.crm-token}}" in browser.get(NEW).content.decode()
    saved = browser.post(NEW, written(background="background", read_only="on", select="{id: id}", retries="2"))
    assert (saved.status_code, saved["Location"]) == (302, f"{TOOLS}get_item/")
    row, found = kept(cast)
    constants = [{"location": "header", "name": "Authorization", "value": "Bearer {{secret.crm-token}}"}]
    assert found.request == definition(constants=constants, select="{id: id}", retries=2).request
    assert (found.input_schema, row.mode, found.annotations.read_only_hint) == (SCHEMA, "background", True)
    page = browser.get(f"{TOOLS}get_item/").content.decode()
    assert "HTTP tool" in page
    assert f"{TOOLS}get_item/request" in page
    assert browser.get("/app/acme/servers/demo/").status_code == 200


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"name": "a b"}, "name", "letters, digits"),
        ({"name": "shout"}, "name", "one tool of each name"),
        ({"url": "https://client.example/{id}/{more}"}, "url", "Nothing fills {more}"),
        ({"url": "ftp://client.example/{id}"}, "url", "Begin with https"),
        ({"select": "a["}, "select", ""),
        ({"schema": "{"}, "schema", "This is no JSON"),
        ({"schema": "[]"}, "schema", "JSON object"),
        ({"schema": '{"type": "object"}'}, None, "has no property"),
        ({"output_schema": '{"type": 7}'}, "output_schema", "JSON Schema"),
        ({"pagination_kind": "cursor"}, "pagination_parameter", "which parameter"),
        ({"constants-0-value": "Bearer {{secret.unknown}}"}, None, "There is no secret unknown"),
        ({"constants-0-value": "Bearer sk-123"}, None, "Keep the credential as a secret"),
        ({"parameters-TOTAL_FORMS": "x"}, None, "ManagementForm"),
        ({"retries": "9"}, "retries", "less than or equal to 5"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_written_and_nothing_is_lost(
    cast: Cast, wrong: dict[str, str], field: str | None, says: str
) -> None:
    sent = written(description="Typed <b>with</b> care", **wrong)
    refused = signed_in_client(cast.ada).post(NEW, sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert says.replace("'", "&#x27;") in page
    assert field is None or field in refused.context["form"].errors
    assert "Typed &lt;b&gt;with&lt;/b&gt; care" in page
    assert 'value="Authorization"' in page
    with tenant_scope(cast.acme.tenant):
        assert not ServerTool.objects.filter(kind="http").exists()


@pytest.mark.usefixtures("secret")
def test_more_rows_come_without_losing_any(cast: Cast) -> None:
    page = signed_in_client(cast.ada).post(NEW, written("rows"))
    assert page.status_code == 200
    assert page.context["written"].parameters.total_form_count() == 5
    assert 'value="Authorization"' in page.content.decode()


@pytest.mark.usefixtures("secret")
def test_the_preview_shows_the_request_with_the_names_of_secrets(cast: Cast, site: HttpSite) -> None:
    page = signed_in_client(cast.ada).post(NEW, written("preview", arguments='{"id": "a/b c"}'), HTTP_HX_REQUEST="true")
    assert (page.status_code, page.context["form"].errors["arguments"]) == (
        422,
        ["id may hold no slash: it is one part of the path."],
    )
    page = signed_in_client(cast.ada).post(NEW, written("preview"))
    shown = page.content.decode()
    assert "GET https://client.example/v1/items/text" in shown
    assert "Authorization: Bearer {{secret.crm-token}}" in shown
    assert VALUE not in shown
    assert site.recorder.connects == []


@pytest.mark.usefixtures("secret")
def test_the_test_button_sends_it_once_and_shows_what_came_without_the_secret(cast: Cast, site: HttpSite) -> None:
    site.answer = lambda _: answer(f'{{"key": "{VALUE}", "<i>": 1}}'.encode(), Content_Type="application/json")
    page = signed_in_client(cast.ada).post(NEW, written("test", arguments='{"id": "7"}'))
    shown = page.content.decode()
    assert page.status_code == 200
    assert f"Bearer {VALUE}".encode() in site.requests[0]
    assert "[secret crm-token]" in shown
    assert VALUE not in shown
    assert "<i>" not in shown.split('id="trial"')[1].split("</form>")[0]
    with tenant_scope(cast.acme.tenant):
        assert not ServerTool.objects.filter(kind="http").exists()


def test_the_test_button_goes_nowhere_else_and_who_tried_stands_in_the_audit(cast: Cast, site: HttpSite) -> None:
    sent = open_to_all("test", url="https://169.254.169.254/{id}")
    page = signed_in_client(cast.ada).post(NEW, sent)
    assert "The URL must name its host, not give an address." in page.content.decode()
    assert site.recorder.connects == []
    with tenant_scope(cast.acme.tenant):
        [call] = Call.objects.filter(outcome="refused")
    assert (call.user_id, call.reason) == (cast.ada.user.pk, "egress_refused: host_is_address 169.254.169.254")
    listed = signed_in_client(cast.ada).get("/app/acme/calls/").content.decode()
    assert "egress refused: host is address 169.254.169.254" in listed
    assert "169.254" not in signed_in_client(cast.gus).get("/app/globex/calls/").content.decode()


def everything() -> HttpToolDefinition:
    """A definition with whatever the form has a place for, and what it has none for."""
    full = msgspec.structs.replace(
        definition(
            method="GET",
            url="https://client.example/v1/{id}",
            parameters=[
                {"argument": "id", "location": "path", "allow_slashes": True},
                {"argument": "tags", "location": "query", "name": "tag", "style": "pipeDelimited", "explode": False},
            ],
            select="items",
            idempotency_header="X-Key",
            retries=1,
            largest_answer=2048 * 1024,
        ),
        input_schema={
            "type": "object",
            "properties": {
                "id": {"type": "string", "maxLength": 9},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["id"],
        },
        output_schema={"type": "object"},
        description="Two\nlines",
        annotations=ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False),
    )
    pages = HttpPagination(kind="cursor", items="items", cursor="next", parameter="after", most_pages=3)
    return msgspec.structs.replace(full, request=msgspec.structs.replace(full.request, pagination=pages))


def test_a_tool_that_is_opened_and_saved_is_as_it_was(cast: Cast) -> None:
    full = everything()
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    http_tool_create(**who, definition=full, background=True)
    browser = signed_in_client(cast.ada)
    page = browser.get(f"{TOOLS}get_item/request")
    assert browser.post(f"{TOOLS}get_item/request", {**resent(page), "do": "save"}).status_code == 302
    row, found = kept(cast)
    assert found == full
    assert row.mode == "background"
    assert found.request.parameters[1] == HttpParameter(
        argument="tags", location="query", name="tag", style="pipeDelimited", explode=False
    )
    http_tool_update(**who, tool=row, definition=definition("renamed"))
    assert browser.post(f"{TOOLS}renamed/request", open_to_all(name="again")).status_code == 302
    assert kept(cast, "again")[0].pk == row.pk


def test_only_http_tools_have_a_request(cast: Cast) -> None:
    assert signed_in_client(cast.ada).get(f"{TOOLS}shout/request").status_code == 404


@pytest.mark.parametrize("role", ["developer", "caller", "auditor"])
def test_who_may(cast: Cast, role: str, site: HttpSite) -> None:
    tool_made(cast.ada)
    browser, _ = as_role(cast, role)
    may = role == "developer"
    for path in (NEW, f"{TOOLS}get_item/request"):
        assert browser.get(path).status_code == (200 if may else 403)
        sent = open_to_all("test", arguments='{"id": "7"}')
        assert browser.post(path, sent).status_code == (200 if may else 403)
    assert bool(site.recorder.connects) is may


def test_the_outsider_finds_nothing_and_sends_nothing(cast: Cast, site: HttpSite) -> None:
    tool_made(cast.ada)
    browser = signed_in_client(cast.gus)
    for path in (NEW, f"{TOOLS}get_item/request"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, written("test", arguments='{"id": "7"}')).status_code == 404
        assert browser.get(path.replace("acme", "globex")).status_code == (200 if path == NEW else 404)
    assert site.recorder.connects == []
