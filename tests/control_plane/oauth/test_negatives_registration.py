"""What is not registered, each with its own answer; of none of it is anything kept."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve

from control_plane.oauth.registration import LARGEST
from tenants.models import AccessToken, Application, RefreshToken
from tenants.scope import platform_scope
from tests.control_plane.oauth.negatives import Negative
from tests.control_plane.oauth.test_registration import GOOD
from tests.control_plane.oauth.unacceptable import JSON_OBJECT, UNACCEPTABLE

PLACE = "registration"
NOT_JSON = "Send one JSON object of at most 16 levels, without repeated names."
MEDIA_TYPE = "Send the metadata as Content-Type: application/json."
URI_RULE = "metadata: redirect URIs"
pytestmark = pytest.mark.django_db


def _metadata(changes: dict[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value is not None}).encode()


def _error(rule: str) -> str:
    return "400 invalid_redirect_uri" if rule == URI_RULE else "400 invalid_client_metadata"


TABLE = [
    Negative(rule, PLACE, what, _error(rule), {"body": _metadata(changes), "words": words})
    for rule, lines in UNACCEPTABLE.items()
    for what, (changes, words) in lines.items()
]
TABLE += [
    Negative(
        "registration: one JSON object", PLACE, what, "400 invalid_client_metadata", {"body": body, "words": NOT_JSON}
    )
    for what, body in {
        **JSON_OBJECT,
        "20,000 levels": b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        "10,000 levels of objects": b'{"x":' * 10_000 + b"1" + b"}" * 10_000,
    }.items()
]
TABLE += [
    Negative(
        "registration: application/json",
        PLACE,
        what,
        "415 invalid_client_metadata",
        {"type": media_type, "words": MEDIA_TYPE},
    )
    for what, media_type in {
        "a form": "application/x-www-form-urlencoded",
        "several parts": "multipart/form-data; boundary=x",
        "text": "text/plain",
        "HTML": "text/html",
        "a patch": "application/json-patch+json",
        "a list of types": "application/json, text/plain",
        "none": "",
    }.items()
]
TABLE += [
    Negative(
        "registration: bounded", PLACE, what, "413 invalid_client_metadata",
        {"body": body, "words": "The metadata may have 65536 bytes at most."},
    )
    for what, body in {
        "a byte more than it may have": _metadata({}).ljust(LARGEST + 1),
        "a mebibyte": _metadata({"x": "x" * 2**20}),
        "ten thousand redirect URIs": _metadata({"redirect_uris": ["https://client.example/cb"] * 10_000}),
    }.items()
]  # fmt: skip


def answered(negative: Negative) -> Any:
    """The answer to a request that is good but for this."""
    cache.clear()
    sent = {"body": _metadata({}), "type": "application/json", **negative.sent}
    return Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.5").generic(
        "POST", "/oauth/register", sent["body"], CONTENT_TYPE=sent["type"]
    )


def nothing_exists() -> bool:
    with platform_scope("test"):
        return not any(model.objects.exists() for model in (Application, AccessToken, RefreshToken))


def test_each_is_refused_in_its_own_words() -> None:
    found = {}
    for negative in TABLE:
        answer = answered(negative)
        said = answer.json()
        told = f"{answer.status_code} {said['error']}", said["error_description"], answer["Cache-Control"]
        if told != (negative.error, negative.sent["words"], "no-store") or not nothing_exists():
            found[negative.name] = told
    assert found == {}


def test_what_is_said_fits_into_an_error_description() -> None:
    """RFC 6749 section 5.2: printable ASCII without quotes and backslashes."""
    words = {answered(negative).json()["error_description"] for negative in TABLE}
    assert [said for said in words if not said.isascii() or not said.isprintable() or {'"', "\\"} & set(said)] == []


def test_just_within_its_bounds_it_is_registered() -> None:
    within = {"body": _metadata({"x": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]}).ljust(LARGEST), "words": ""}
    assert answered(Negative("", "", "", "", within)).status_code == 201


def test_the_query_and_cookies_count_for_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["atrium-session"] = "x"
    answer = client.post(
        "/oauth/register?redirect_uris=https://evil.example/", _metadata({}), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["redirect_uris"]) == (201, GOOD["redirect_uris"])


@pytest.mark.parametrize(
    "path", ["o/register/", "oauth/register/", "oauth/register/editor", "o/applications/register/", "o/introspect/"]
)
def test_there_is_no_other_way_to_register_and_none_to_manage_a_registration(path: str) -> None:
    """D4: the tokens for that would be access tokens like others."""
    with pytest.raises(Resolver404):
        resolve(f"/{path}")


def test_a_registration_gives_out_no_token() -> None:
    answer = answered(Negative("", "", "", ""))
    assert answer.status_code == 201
    assert not {"registration_access_token", "registration_client_uri"} & set(answer.json())
    with platform_scope("test"):
        assert not AccessToken.objects.exists()
