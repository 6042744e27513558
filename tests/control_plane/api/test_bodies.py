"""What may be sent: one JSON object with known fields, bounded in every direction."""

import pytest
from django.test import override_settings

from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast

SERVERS = "tenants/acme/servers"
GOOD = '{"slug": "desk", "name": "Desk"}'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b'{"slug": NaN}', b"\xff\xfe{}", b'{"slug":"a","slug":"b"}',
        b'{"toolkits":' + b"[" * 50_000 + b"]" * 50_000 + b"}", b'{"toolkits":' + b"[" * 20 + b"]" * 20 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_small_object_is_refused(ada_api: Asker, body: bytes) -> None:
    response = ada_api.ask("POST", SERVERS, body)
    assert response.status_code == 400
    assert response.json()["error"]["type"] in ("invalid_json", "invalid_value")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", SERVERS, {"slug": "desk", "name": "Desk", "tenant_id": "x"}),
        ("POST", SERVERS, {"slug": "desk", "name": "Desk", "version": 9}),
        ("PATCH", "tenants/acme", {"name": "x", "plan": {"servers": 1000}}),
        ("PATCH", "tenants/acme", {"slug": "globex"}),
        ("PATCH", f"{SERVERS}/demo", {"rate": {"per_second": 1, "burst": 1, "unlimited": True}}),
        ("POST", f"{SERVERS}/demo/suspend", {"for": "ever"}),
        ("POST", "tenants/acme/invitations", {"email": "gus@globex.test", "role": "caller", "user_id": "x"}),
        ("POST", "tenants/acme/api-keys", {"name": "x", "scopes": ["mcp:read"], "user_id": "x"}),
        ("DELETE", f"{SERVERS}/demo", {"force": True}),
    ],
)
def test_unknown_fields_are_refused(ada_api: Asker, method: str, path: str, body: dict[str, object]) -> None:
    before = ada_api.get("tenants/acme").content, ada_api.get(SERVERS).content
    response = ada_api.ask(method, path, body)
    assert response.status_code == 400, response.content
    assert "There is no such field here." in response.content.decode()
    assert (ada_api.get("tenants/acme").content, ada_api.get(SERVERS).content) == before


@pytest.mark.parametrize("name", ["\\u0000", "\\ud800", " ", "x" * 201, "a\\nb"])
def test_odd_text_is_refused(ada_api: Asker, name: str) -> None:
    response = ada_api.ask("POST", SERVERS, f'{{"slug": "desk", "name": "{name}"}}')
    assert (response.status_code, response.json()["error"]["type"]) == (400, "invalid_value")
    assert set(response.json()["error"]["details"]["fields"]) == {"name"}


@pytest.mark.parametrize("body", ['{"audit": "\\ud800"}', '{"\\ud800": 1}'])
def test_half_of_a_character_is_refused_by_its_number(ada_api: Asker, body: str) -> None:
    response = ada_api.ask("PATCH", "tenants/acme", body)
    assert (response.status_code, response.json()["error"]["type"]) == (400, "invalid_value")
    assert b"ud800" in response.content


def test_a_body_that_is_too_large_is_not_read(ada_api: Asker) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        response = ada_api.ask("POST", SERVERS, GOOD + " " * 1000)
    assert (response.status_code, response.json()["error"]["type"]) == (413, "body_too_large")


def test_forms_and_html_are_not_spoken(ada_api: Asker) -> None:
    as_form = ada_api.client.post(f"/api/v1/{SERVERS}", {"slug": "x"}, headers=ada_api.headers)
    assert (as_form.status_code, as_form.json()["error"]["type"]) == (415, "unsupported_media_type")
    as_html = ada_api.ask("GET", SERVERS, Accept="text/html")
    assert (as_html.status_code, as_html.json()["error"]["type"]) == (406, "not_acceptable")


def test_other_methods_and_other_paths_are_refused_in_the_same_shape(ada_api: Asker, cast: Cast) -> None:
    wrong = ada_api.put("tenants/acme", {})
    assert (wrong.status_code, wrong.json()["error"]["type"]) == (405, "method_not_allowed")
    assert "PATCH" in wrong["Allow"]
    for asker in (ada_api, Asker()):
        for path in ("", "nothing", "tenants/", "tenants/Acme", "tenants/acme/servers/de%00mo", "/api/v2/tenants"):
            nowhere = asker.get(path)
            assert (nowhere.status_code, nowhere.json()["error"]["type"]) == (404, "not_found"), path


@pytest.mark.parametrize("number", ['"NaN"', '"Infinity"', "1e999", "-1", '"x"', "[]", "1" + "0" * 400])
def test_what_is_no_finite_number_is_refused(ada_api: Asker, number: str) -> None:
    for path, body in (
        (f"{SERVERS}/demo/tools/shout", f'{{"timeout_seconds": {number}}}'),
        (f"{SERVERS}/demo", f'{{"rate": {{"per_second": {number}, "burst": 1}}}}'),
        (f"{SERVERS}/demo", f'{{"rate": {{"per_second": 1, "burst": {number}}}}}'),
    ):
        response = ada_api.ask("PATCH", path, body)
        assert response.status_code == 400, response.content


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2027-02-30T00:00:00Z", "tomorrow", ""]
)
def test_a_key_ends_at_a_time_that_exists_and_comes(ada_api: Asker, moment: str) -> None:
    body = {"name": "Key", "scopes": ["mcp:read"], "expires_at": moment}
    assert ada_api.post("tenants/acme/api-keys", body).status_code == 400
