"""Every answer to a browser says that it may load and talk to this installation only, and run nothing inline."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from control_plane.content_security_policy import allow_form_action, keep_opener

EXPECTED = {
    "default-src": {"'self'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "form-action": {"'self'"},
}


def widened(request: object) -> HttpResponse:
    response = HttpResponse("ok")
    allow_form_action(response, "http://127.0.0.1:53682")
    keep_opener(response)
    return response


urlpatterns = [path("widened", widened), path("plain", lambda request: HttpResponse("ok"))]


def policy_of(response: HttpResponse) -> dict[str, set[str]]:
    directives = [each.split() for each in response["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in directives}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "where",
    ["/", "/api/docs", "/api/v1/tenants", "/nothing", "/operator/login/", "/livez", "/static/control_plane/app.css"],
)
def test_every_answer_has_the_policy(client: Client, where: str) -> None:
    answer = client.get(where)
    assert policy_of(answer) == EXPECTED
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.urls(__name__)
def test_one_response_may_lead_to_one_origin_more(client: Client) -> None:
    answer = client.get("/widened")
    assert policy_of(answer) == EXPECTED | {"form-action": {"'self'", "http://127.0.0.1:53682"}}
    assert answer["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert policy_of(client.get("/plain")) == EXPECTED


@pytest.mark.parametrize(
    "origin", ["https://client.example", "http://localhost:1", "https://client.example:8443", "cursor:"]
)
def test_an_origin_is_taken(origin: str) -> None:
    response = HttpResponse()
    allow_form_action(response, origin)
    assert response._csp_update == {"form-action": [origin]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "origin",
    [
        *("", "client.example", "//client.example", "https://client.example/path", "https://client.example?x", "*"),
        *("https://client.example; script-src *", "https://a.example https://b.example", "https://*.example"),
        *("javascript:", "data:", "blob:", "https://client.example\r\nX: y", "'unsafe-inline'", "cursor:path"),
    ],
)
def test_what_says_more_than_an_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="not an origin"):
        allow_form_action(HttpResponse(), origin)
