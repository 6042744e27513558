"""What can't be read, or asks for what there is not, is a plain refusal everywhere: never a crash, never a code."""

import json
from typing import Any

import pytest
from django.core.cache import cache

from tests.control_plane.oauth.flow import RESOURCE, VERIFIER, Flow, flow_of
from tests.control_plane.oauth.negatives import (
    PAGE,
    Negative,
    negatives,
    refusal_at_authorize,
    refusal_at_endpoint,
    wrongly_answered,
    wrongly_refused,
)
from tests.fixtures.cast import Cast

FORM = "application/x-www-form-urlencoded"
UNSUPPORTED = "unsupported_response_type"
TABLE = [
    *negatives(
        "response type: code",
        "authorize",
        UNSUPPORTED,
        "response_type",
        {
            "token": "token",
            "an ID token": "id_token",
            "code and token": "code token",
            "code and ID token": "code id_token",
            "none": "none",
            "upper case": "CODE",
            "a space behind": "code ",
        },
    ),
    *negatives(
        "response type: code",
        "authorize",
        "invalid_request",
        "response_type",
        {"left out": None, "empty": "", "twice": ["code", "code"]},
    ),
    *negatives(
        "answers: in the query",
        "authorize",
        "invalid_request",
        "response_mode",
        {"fragment": "fragment", "form": "form_post", "JWT": "query.jwt", "twice": ["query", "query"]},
    ),
    *negatives(
        "scope: of ours",
        "authorize",
        "invalid_scope",
        "scope",
        {
            "an unknown one": "mcp:admin",
            "one of the management API": "manage:read",
            "a known and an unknown one": "mcp:read openid",
            "nothing that opens a server": "offline_access",
            "upper case": "MCP:READ",
            "a wildcard": "mcp:*",
            "django-oauth-toolkit's own": "oauth2_provider:registration",
            "two spaces": "mcp:read  mcp:call",
            "a space before": " mcp:read",
            "a comma": "mcp:read,mcp:call",
            "a quote": 'mcp:read "mcp:call"',
            "not ASCII": "mcp:réad",
            "5,000 characters": "mcp:" + "x" * 5_000,
        },
    ),
    Negative("scope: of ours", "authorize", "twice", "invalid_request", {"scope": ["mcp:read", "mcp:read"]}),
    *(
        Negative("parameters: by one way", "authorize", name, f"{name}_not_supported", {name: "https://x.example/1"})
        for name in ("request", "request_uri", "registration")
    ),
    *negatives(
        "prompt: known",
        "authorize",
        "invalid_request",
        "prompt",
        {"none and login": "none login", "an unknown one": "skip", "twice": ["none", "none"]},
    ),
    Negative("prompt: none shows nothing", "authorize", "signed in", "consent_required", {"prompt": "none"}),
    Negative("state: once", "authorize", "twice", "invalid_request", {"state": ["a", "b"]}),
    Negative("parameters: once", "authorize", "one that we don't know, twice", "invalid_request", {"x": ["1", "2"]}),
    *negatives(
        "text: without control characters",
        "authorize",
        PAGE,
        "state",
        {"a NUL": "\x00", "a line feed": "\n", "an escape": "\x1b[31m", "17,000 characters": "x" * 17_000},
    ),
    Negative("text: not too much", "authorize", "60 parameters", PAGE, {f"p{n}": "x" for n in range(60)}),
]
RAW = {"bad UTF-8": "state=%ff%fe", "a surrogate": "state=%ed%a0%80"}
AT_AUTHORIZE = [Negative("text: well-formed", "authorize", what, PAGE) for what in RAW]
GRANTS = {
    "password": "password",
    "client credentials": "client_credentials",
    "implicit": "implicit",
    "device code": "urn:ietf:params:oauth:grant-type:device_code",
    "an assertion": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "token exchange": "urn:ietf:params:oauth:grant-type:token-exchange",
    "OpenID's own name": "openid",
    "upper case": "AUTHORIZATION_CODE",
    "a space behind": "authorization_code ",
}
AT_TOKEN = [
    *negatives("grant: one of the two", "token", "unsupported_grant_type", "grant_type", GRANTS),
    *negatives(
        "grant: one of the two",
        "token",
        "invalid_request",
        "grant_type",
        {"left out": None, "empty": "", "twice": ["authorization_code", "authorization_code"]},
    ),
    Negative("parameters: once", "token", "one that we don't know, twice", "invalid_request", {"x": ["1", "2"]}),
    Negative("text: without control characters", "token", "a NUL in the name", "invalid_request", {"x\x00": "1"}),
    Negative("text: not too much", "token", "60 parameters", "invalid_request", {f"p{n}": "x" for n in range(60)}),
    Negative("text: not too much", "token", "17,000 characters", "invalid_request", {"x": "x" * 17_000}),
]
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nx\r\n--b--\r\n'
BODIES: dict[str, tuple[bytes, str]] = {
    "JSON": (b'{"grant_type": "authorization_code"}', "application/json"),
    "deep JSON": (b"[" * 5_000, "application/json"),
    "a multipart form": (MULTIPART, "multipart/form-data; boundary=b"),
    "text": (b"grant_type=authorization_code", "text/plain"),
    "no type": (b"grant_type=authorization_code", ""),
    "nothing": (b"", FORM),
    "bad UTF-8": (b"grant_type=%ff%fe", FORM),
    "raw bytes": (b"grant_type=\xff\xfe", FORM),
    "a NUL": (b"grant_type=\x00", FORM),
    "2 MiB": (b"a=" + b"x" * 2 * 1024 * 1024, FORM),
    "100,000 parameters": (b"&".join(b"a%d=1" % n for n in range(100_000)), FORM),
}  # fmt: skip
METHODS = ("GET", "PUT", "PATCH", "DELETE", "HEAD")
ENDPOINTS = ("token", "revoke")
TOKENS = {"left out": None, "empty": "", "twice": ["a", "b"], "with a NUL": "a\x00"}
AT_REVOKE = negatives("revocation: one token", "revoke", "invalid_request", "token", TOKENS)
ELSEWHERE = [
    *(Negative("body: a form", place, what, "invalid_request") for place in ENDPOINTS for what in BODIES),
    *(Negative("method: POST", place, method, "405") for place in ENDPOINTS for method in METHODS),
    *(Negative("secrets: never in a URL", place, "in the query", "invalid_request") for place in ENDPOINTS),
]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def test_nobody_is_asked(flow: Flow) -> None:
    assert wrongly_answered(flow, TABLE) == {}


def test_a_silent_request_of_somebody_unknown_says_so(flow: Flow) -> None:
    flow.browser.logout()
    assert refusal_at_authorize(flow.ask(prompt="none")) == "login_required"


@pytest.mark.parametrize("what", RAW)
def test_a_query_that_cannot_be_read_is_shown_to_the_person(flow: Flow, what: str) -> None:
    response = flow.browser.get(f"/oauth/authorize?client_id=editor&{RAW[what]}")
    assert refusal_at_authorize(response) == PAGE


def test_there_are_two_grants(flow: Flow) -> None:
    good = {"grant_type": "authorization_code", "code": flow.code(), "code_verifier": VERIFIER, "resource": RESOURCE}
    assert wrongly_refused(flow, "token", good, AT_TOKEN) == {}


def test_a_revocation_is_of_one_token(flow: Flow) -> None:
    assert wrongly_refused(flow, "revoke", {}, AT_REVOKE) == {}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_body_is_a_form(flow: Flow, endpoint: str) -> None:
    wrong: dict[str, Any] = {}
    for what, (body, kind) in BODIES.items():
        cache.clear()
        response = flow.wire.generic("POST", f"/oauth/{endpoint}", body, content_type=kind)
        # Where nothing at all is said of the client, that is what is missing.
        if refusal_at_endpoint(response) not in ("invalid_request", "invalid_client"):
            wrong[what] = (response.status_code, response.content[:200])
    assert wrong == {}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("method", METHODS)
def test_a_form_is_posted(flow: Flow, endpoint: str, method: str) -> None:
    response = flow.wire.generic(method, f"/oauth/{endpoint}")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_secret_in_the_url_is_refused(flow: Flow, endpoint: str) -> None:
    response = flow.wire.post(f"/oauth/{endpoint}?token=x", "client_id=editor", content_type=FORM)
    assert refusal_at_endpoint(response) == "invalid_request"


def test_errors_are_in_ascii_and_say_nothing_of_the_request(flow: Flow) -> None:
    response = flow.post("token", grant_type="pässword\u202e")
    assert response.content.isascii()
    assert "ssword" not in json.loads(response.content)["error_description"]
