"""HTTP tools over REST: made, read, written anew, and tried out under the guards of every call."""

from collections.abc import Iterator
from typing import Any

import pytest

from control_plane import tool_trials
from tenants.models import Call
from tenants.scope import tenant_scope
from tenants.services.stored_secrets import secret_create
from tests.egress.outside import answer
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast
from tests.fixtures.http_site import HttpSite, http_site
from tests.fixtures.http_tools import document, signed

TOOLS = "tenants/acme/servers/demo/http-tools"
TESTS = "tenants/acme/servers/demo/http-tool-tests"
VALUE = "zilpzalp-4711"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpSite]:
    with http_site() as made:
        monkeypatch.setattr(tool_trials, "outside", made.outside)
        yield made


def tried(api: Asker, arguments: dict[str, Any] | None = None, **request: Any) -> Any:
    body = {"definition": document(**request), "arguments": {"id": "7"} if arguments is None else arguments}
    came = api.post(TESTS, body)
    assert came.status_code == 200, came.content
    return came.json()


def test_a_tool_is_made_read_written_anew_and_removed(ada_api: Asker) -> None:
    made = ada_api.post(TOOLS, {"definition": document(), "background": True})
    assert made.status_code == 201, made.content
    tool = made.json()
    assert (tool["kind"], tool["name"], tool["mode"], tool["toolkit"]) == ("http", "get_item", "background", "")
    assert tool["definition"]["request"]["url"] == document()["request"]["url"]
    assert ada_api.get(f"{TOOLS}/get_item").json() == tool
    listed = ada_api.get("tenants/acme/servers/demo/tools").json()["results"]
    assert {each["name"]: each["kind"] for each in listed}["get_item"] == "http"
    renamed = ada_api.put(f"{TOOLS}/get_item", {"definition": document("fetch", method="DELETE"), "background": False})
    assert (renamed.status_code, renamed.json()["id"], renamed.json()["mode"]) == (200, tool["id"], "")
    assert renamed.json()["definition"]["request"]["method"] == "DELETE"
    assert ada_api.delete("tenants/acme/servers/demo/tools/fetch").status_code == 204
    assert ada_api.get(f"{TOOLS}/fetch").status_code == 404


def test_only_http_tools_are_read_there(ada_api: Asker) -> None:
    assert ada_api.get(f"{TOOLS}/shout").status_code == 404


def test_what_is_wrong_is_said_of_its_place(ada_api: Asker) -> None:
    for wrong, field in (
        ({**document(), "colour": "blue"}, "definition"),
        ([], "definition"),
        (document(url="https://client.example/{id}/{other}"), "request.url"),
        ({**document(), "request": {"method": "GET", "url": 7}}, "request.url"),
    ):
        refused = ada_api.post(TOOLS, {"definition": wrong})
        assert refused.status_code == 400, refused.content
        assert set(refused.json()["error"]["details"]["fields"]) == {field}


def test_a_trial_shows_what_was_sent_and_what_came_without_the_secret(
    cast: Cast, ada_api: Asker, site: HttpSite
) -> None:
    secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="crm-token", value=VALUE)
    site.answer = lambda _: answer(
        f'{{"items": ["{VALUE}", "b"]}}'.encode(), Content_Type="application/json", X_Own="1"
    )
    query = [{"location": "query", "name": "key", "value": "{{ secret.crm-token }}"}]
    came = tried(ada_api, constants=[*signed(), *query], select="items[1]")
    assert f"Bearer {VALUE}".encode() in site.requests[0]
    assert came["request"]["url"].endswith("/items/7?key={{secret.crm-token}}")
    assert {"name": "Authorization", "value": "Bearer {{secret.crm-token}}"} in came["request"]["headers"]
    assert (came["response"]["status"], came["result"]["structuredContent"]) == (200, {"result": "b"})
    assert [each["name"] for each in came["response"]["headers"]] == ["content-length", "content-type"]
    assert "[secret crm-token]" in came["response"]["body"]
    assert VALUE not in str(came)


def test_a_trial_of_what_is_kept(ada_api: Asker, site: HttpSite) -> None:
    ada_api.post(TOOLS, {"definition": document()})
    came = ada_api.post(f"{TOOLS}/get_item/test", {"arguments": {"id": "9"}})
    assert came.json()["response"]["status"] == 200
    assert site.requests[0].startswith(b"GET /v1/items/9 ")


def test_what_would_not_be_sent_is_not(ada_api: Asker, site: HttpSite) -> None:
    for arguments, kind in (
        ({}, "invalid_arguments"),
        ({"id": "../admin"}, "bad_argument"),
        ({"id": ""}, "bad_argument"),
    ):
        came = tried(ada_api, arguments)
        assert came["response"] is None
        assert came["result"]["_meta"]["io.atrium/error"]["type"] == kind
    assert site.recorder.connects == []


def test_a_refusal_of_the_way_out_is_kept_with_who_and_where(cast: Cast, ada_api: Asker, site: HttpSite) -> None:
    came = tried(ada_api, url="https://metadata.internal/{id}")
    assert came["result"]["_meta"]["io.atrium/error"]["reason"] == "host_not_public"
    assert site.recorder.connects == []
    with tenant_scope(cast.acme.tenant):
        [kept] = Call.objects.filter(outcome="refused")
    assert (kept.tool, kept.user_id, kept.server_id) == ("get_item", cast.ada.user.pk, cast.acme.server.pk)
    assert kept.reason == "egress_refused: host_not_public metadata.internal"
    with tenant_scope(cast.globex.tenant):
        assert not Call.objects.filter(outcome="refused").exists()


def test_trials_are_counted(ada_api: Asker, site: HttpSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_trials, "MOST", 1)
    tried(ada_api)
    refused = ada_api.post(TESTS, {"definition": document(), "arguments": {"id": "7"}})
    assert (refused.status_code, refused.json()["error"]["type"]) == (409, "limit_reached")


def test_who_may(ada_api: Asker, max_api: Asker, gus_api: Asker, site: HttpSite) -> None:
    ada_api.post(TOOLS, {"definition": document()})
    body = {"definition": document(), "arguments": {"id": "7"}}
    for api, status in ((max_api, 403), (gus_api, 404)):
        assert api.get(f"{TOOLS}/get_item").status_code == status
        assert api.post(TOOLS, {"definition": document("other")}).status_code == status
        assert api.put(f"{TOOLS}/get_item", {"definition": document()}).status_code == status
        assert api.post(TESTS, body).status_code == status
        assert api.post(f"{TOOLS}/get_item/test", {"arguments": {"id": "7"}}).status_code == status
    assert site.recorder.connects == []
