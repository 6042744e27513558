"""The pages of OpenAPI documents: give one, choose operations, look at what changes, without a script."""

import re
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.models import OpenApiSource, ServerTool
from tenants.scope import tenant_scope
from tests.control_plane.dashboard.pages import as_role, fields_of, signed_in_client
from tests.fixtures.cast import Cast
from tests.tenants.openapi.keeping import kept, made, stored, tools_of
from tests.tenants.openapi.shop import SHOP
from tests.tenants.openapi.test_documents_are_read_again import DELETE, GET, LOGIN, another
from tests.tenants.openapi.test_operations_are_chosen import MANY

OPENAPI = "/app/acme/servers/demo/openapi/"
TEXT = msgspec.json.encode(SHOP).decode()


def sources(cast: Cast) -> list[OpenApiSource]:
    with tenant_scope(cast.acme.tenant):
        return list(OpenApiSource.objects.order_by("created_at"))


def boxes(page: Any) -> dict[str, bool]:
    """The operations that a page lets one choose, and whether each is chosen."""
    found = re.findall(r'<input type="checkbox"[^>]*name="operations" value="([^"]*)"([^>]*)>', page.content.decode())
    return {value: "checked" in rest for value, rest in found}


@pytest.mark.parametrize(
    "sent",
    [
        {"text": TEXT},
        {"text": f"{TEXT}\r\n"},
        {"file": SimpleUploadedFile("shop.json", TEXT.encode())},
    ],
)
def test_a_document_is_given_and_its_operations_are_shown(cast: Cast, sent: dict[str, Any]) -> None:
    browser = signed_in_client(cast.ada)
    assert "No document yet" in browser.get(OPENAPI).content.decode()
    if "file" in sent:
        sent["file"].seek(0)
    given = browser.post(f"{OPENAPI}new", sent)
    [source] = sources(cast)
    assert (given.status_code, given["Location"]) == (302, f"{OPENAPI}{source.pk}/")
    page = browser.get(given["Location"])
    assert GET in boxes(page)
    assert "PATCH /pictures" not in boxes(page)
    assert "It refers to another document" in page.content.decode()
    assert "Shop" in browser.get(OPENAPI).content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "one of the three"),
        ({"text": TEXT, "url": "https://a.example/"}, "one of the three"),
        ({"text": '{"swagger": "2.0"}'}, "This is Swagger 2.0"),
        ({"text": "x" * 900_001}, "too long to be pasted"),
        ({"file": SimpleUploadedFile("a.json", b"")}, "The file is empty"),
        ({"url": "http://169.254.169.254/"}, "must begin with https://"),
    ],
)
def test_what_can_not_be_read_is_said_and_what_was_pasted_is_still_there(
    cast: Cast, sent: dict[str, Any], says: str
) -> None:
    answer = signed_in_client(cast.ada).post(f"{OPENAPI}new", sent)
    page = answer.content.decode()
    assert (answer.status_code, says in page) == (422, True)
    assert sources(cast) == []
    assert len(str(sent.get("text", ""))) <= len(page)


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_text_beyond_what_a_form_takes_says_what_to_do(cast: Cast, kind: str) -> None:
    browser, text = signed_in_client(cast.ada), "x" * 1_100_000
    url = f"{OPENAPI}new"
    is_form = kind == "multipart/form-data"
    answer = browser.post(url, {"text": text}) if is_form else browser.post(url, f"text={text}", content_type=kind)
    assert (answer.status_code, "Send long texts as a file" in answer.content.decode()) == (413, True)


def test_operations_are_found_chosen_across_pages_and_added(cast: Cast) -> None:
    source, browser = kept(cast.ada, MANY), signed_in_client(cast.ada)
    one = f"{OPENAPI}{source.pk}/"
    first = browser.get(one)
    assert len(boxes(first)) == 50
    assert "1–50 of 201" in first.content.decode()
    second = browser.post(one, {"operations": ["GET /things/0"], "do": "part:1"})
    assert '<input type="hidden" name="operations" value="GET /things/0">' in second.content.decode()
    assert "GET /things/50" in boxes(second)
    found = browser.post(one, {"operations": ["GET /things/0", "GET /things/50"], "q": "thing_50", "do": "search"})
    assert boxes(found) == {"GET /things/50": True}
    assert "1 chosen beside these" in found.content.decode()
    added = browser.post(one, {"operations": ["GET /things/0", "GET /things/50"], "q": "thing_50", "do": "add"})
    assert (added.status_code, added["Location"]) == (302, f"{one}?q=thing_50")
    assert set(tools_of(cast.ada, source)) == {"thing_0", "thing_50"}
    assert boxes(browser.get(added["Location"])) == {}
    tool = browser.get("/app/acme/servers/demo/tools/thing_0/").content.decode()
    assert f'<a href="{one}">OpenAPI document</a>, <code>GET /things/0</code>' in tool
    assert "None of 201" in browser.post(one, {"tag": "x", "do": "search"}).content.decode()


def test_a_missing_secret_is_said_with_where_to_store_it_and_the_choice_stays(cast: Cast) -> None:
    source, browser = kept(cast.ada), signed_in_client(cast.ada)
    answer = browser.post(f"{OPENAPI}{source.pk}/", {"operations": [GET, LOGIN], "do": "add", "background": "on"})
    page = answer.content.decode()
    assert (answer.status_code, "Store these secrets first, or choose others: token" in page) == (422, True)
    assert 'href="/app/acme/secrets/new?name=token"' in page
    assert {key for key, chosen in boxes(answer).items() if chosen} == {GET, LOGIN}
    assert 'value="token"' in browser.get("/app/acme/secrets/new?name=token").content.decode()
    stored(cast.ada, "token")
    assert browser.post(f"{OPENAPI}{source.pk}/", {"operations": [GET], "do": "add"}).status_code == 302


def test_an_operation_is_looked_at_before_it_is_chosen(cast: Cast) -> None:
    source, browser = kept(cast.ada), signed_in_client(cast.ada)
    one = f"{OPENAPI}{source.pk}/operation?key="
    page = browser.get(f"{one}{quote(GET)}").content.decode()
    assert "GET https://eu.shop.example/v2/orders/{orderId}?filter[state]=" in page
    assert "Authorization: Bearer {{secret.token}}" in page
    assert "With its lines." in page
    assert "can’t become a tool" in browser.get(f"{one}{quote('PATCH /pictures')}").content.decode()
    for nowhere in ("GET%20/nowhere", "%00", "x" * 600):
        assert browser.get(f"{one}{nowhere}").status_code == 404
    assert browser.get(f"{one}{quote(GET)}&version=pending").status_code == 404


def test_the_settings_say_what_the_document_offers_and_tools_follow(cast: Cast) -> None:
    stored(cast.ada, "token", "shop-token")
    source, browser = kept(cast.ada), signed_in_client(cast.ada)
    made(cast.ada, source, GET)
    one = f"{OPENAPI}{source.pk}/settings"
    page = browser.get(one)
    assert "Holds an access token" in page.content.decode()
    assert "can&#x27;t be met by a secret" in page.content.decode()
    fields = fields_of(page)
    assert browser.post(one, {**fields, "base_url": "nowhere"}).status_code == 422
    assert browser.post(one, {**fields, "secret_0": "Not a name"}).status_code == 422
    changed = {**fields, "base_url": "https://10.0.0.1/v2", "secret_0": "shop-token"}
    assert browser.post(one, changed).status_code == 302
    [tool] = tools_of(cast.ada, source).values()
    assert tool.definition["request"]["constants"][0]["value"] == "Bearer {{secret.shop-token}}"
    shown = browser.get(f"{OPENAPI}{source.pk}/").content.decode()
    assert "Calls will be refused as it is now" in shown
    assert "not give an address" in shown


def test_another_version_is_looked_at_and_applied(cast: Cast) -> None:
    stored(cast.ada, "token", "key")
    source, browser = kept(cast.ada), signed_in_client(cast.ada)
    made(cast.ada, source, GET, DELETE, LOGIN)
    one = f"{OPENAPI}{source.pk}/"
    same = browser.post(f"{one}version", {"text": TEXT}, follow=True)
    assert "Shop has not changed" in same.content.decode()
    looked = browser.post(f"{one}version", {"text": msgspec.json.encode(another()).decode()})
    assert (looked.status_code, looked["Location"]) == (302, f"{one}version")
    page = browser.get(looked["Location"])
    assert boxes(page) == {"PATCH /orders": False}
    for said in ("arguments, request", "Tools whose operation is gone", "Apply this version"):
        assert said in page.content.decode()
    compared = browser.get(f"{one}operation?key={quote(GET)}&version=pending").content.decode()
    assert "What the other version changes" in compared
    [waiting] = sources(cast)
    stale = browser.post(f"{one}version/apply", {"digest": "0" * 64}, follow=True).content.decode()
    assert "Nothing is changed." in stale
    form = {"digest": waiting.pending_digest, "operations": ["PATCH /orders"], "gone": "remove"}
    done = browser.post(f"{one}version/apply", form, follow=True).content.decode()
    assert "2 changed, 1 removed, 1 added" in done
    assert {tool.operation for tool in tools_of(cast.ada, source).values()} == {GET, LOGIN, "PATCH /orders"}


def test_a_version_is_dismissed(cast: Cast) -> None:
    source, browser = kept(cast.ada), signed_in_client(cast.ada)
    one = f"{OPENAPI}{source.pk}/version"
    browser.post(one, {"text": msgspec.json.encode(another()).decode()})
    assert browser.post(f"{one}/dismiss").status_code == 302
    assert "Look for changes" in browser.get(one).content.decode()


@pytest.mark.parametrize(("tools", "left"), [("keep", 1), ("remove", 0)])
def test_a_document_is_removed_with_its_tools_or_without(cast: Cast, tools: str, left: int) -> None:
    source = kept(cast.ada)
    made(cast.ada, source, LOGIN)
    gone = signed_in_client(cast.ada).post(f"{OPENAPI}{source.pk}/delete", {"tools": tools})
    assert (gone.status_code, sources(cast)) == (302, [])
    with tenant_scope(cast.acme.tenant):
        assert ServerTool.objects.filter(kind="http").count() == left


@pytest.mark.parametrize(("role", "status"), [("developer", 200), ("caller", 403), ("auditor", 403)])
def test_who_may(cast: Cast, role: str, status: int) -> None:
    source = kept(cast.ada)
    browser, _ = as_role(cast, role)
    for path in ("", "new", f"{source.pk}/", f"{source.pk}/settings", f"{source.pk}/version"):
        assert browser.get(f"{OPENAPI}{path}").status_code == status
    assert signed_in_client(cast.gus).get(f"{OPENAPI}{source.pk}/").status_code == 404
    assert signed_in_client(cast.gus).get(f"/app/globex/servers/demo/openapi/{source.pk}/").status_code == 404
