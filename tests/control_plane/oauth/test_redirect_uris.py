"""What may be registered as a redirect URI, which given one counts as registered, and what a person is told of it."""

import pytest
from django.core.exceptions import ValidationError

from tenants.models import Application
from tenants.redirect_uris import (
    LONGEST,
    check_redirect_uri,
    is_loopback,
    is_redirect_uri,
    redirect_host,
    redirect_origin,
    redirect_uri_allowed,
)

SEEN = [
    "http://localhost:3118/callback",
    "http://127.0.0.1:53682/callback/k3y-id_1",
    "http://127.0.0.1:6276/oauth/callback",
    "http://127.0.0.1/",
    "http://[::1]:8080/callback",
    "http://localhost:8787/callback",
    "https://claude.ai/api/mcp/auth_callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "https://insiders.vscode.dev/redirect",
]
"""As clients send them."""


@pytest.mark.parametrize(
    "uri",
    [
        *SEEN,
        "https://client.example",
        "https://client.example:8443/callback",
        "https://client.example/a%20b/c%2Fd;p=1?x=%2F..&y=a:b@c",
        "https://xn--bcher-kva.example/callback",
        "https://localhost:8443/callback",
        "https://intranet/callback",
        "https://client.example/" + "x" * (LONGEST - 23),
    ],
)
def test_what_clients_use_may_be_registered(uri: str) -> None:
    assert check_redirect_uri(uri) == uri
    assert is_redirect_uri(uri)
    assert redirect_uri_allowed([uri], uri)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_the_port_of_a_loopback_does_not_count(host: str) -> None:
    registered = [f"http://{host}:3000/callback?x=1"]
    for port in ("", ":80", ":3000", ":65535"):
        assert redirect_uri_allowed(registered, f"http://{host}{port}/callback?x=1")
        assert redirect_uri_allowed([f"http://{host}/callback?x=1"], f"http://{host}{port}/callback?x=1")
    for other in ("/callback", "/callback?x=2", "/callback/?x=1", "/Callback?x=1"):
        assert not redirect_uri_allowed(registered, f"http://{host}:3000{other}")


def test_one_spelling_of_loopback_is_not_the_other() -> None:
    hosts = ("localhost", "127.0.0.1", "[::1]")
    uris = [f"http://{host}:3000/callback" for host in hosts]
    for registered in uris:
        assert [uri for uri in uris if redirect_uri_allowed([registered], uri)] == [registered]


@pytest.mark.parametrize("registered", ["https://client.example:8443/callback", "https://localhost:8443/callback"])
def test_the_port_of_https_counts(registered: str) -> None:
    assert redirect_uri_allowed([registered], registered)
    assert not redirect_uri_allowed([registered], registered.replace("8443", "8444"))
    assert not redirect_uri_allowed([registered], registered.replace(":8443", ""))
    assert not redirect_uri_allowed([registered], registered.replace("https", "http"))


def test_what_may_not_be_registered_is_not_allowed_though_it_stands_written() -> None:
    for uri in ("http://client.example/callback", "cursor://anysphere.cursor-mcp/oauth/callback", "https://*/"):
        assert not redirect_uri_allowed([uri], uri)


@pytest.mark.parametrize(
    ("uri", "host", "origin", "on_this_machine"),
    [
        ("http://localhost:3118/callback", "localhost", "http://localhost:3118", True),
        ("http://127.0.0.1/", "127.0.0.1", "http://127.0.0.1", True),
        ("http://[::1]:8080?x", "[::1]", "http://[::1]:8080", True),
        ("https://localhost:8443/callback", "localhost:8443", "https://localhost:8443", True),
        ("https://client.example", "client.example", "https://client.example", False),
        ("https://client.example:8443/x", "client.example:8443", "https://client.example:8443", False),
        ("https://client.example?next=https://evil.example/", "client.example", "https://client.example", False),
    ],
)
def test_a_person_is_told_the_host(uri: str, host: str, origin: str, on_this_machine: bool) -> None:
    assert (redirect_host(uri), redirect_origin(uri), is_loopback(uri)) == (host, origin, on_this_machine)


def application(redirect_uris: str) -> Application:
    return Application(
        client_id="editor",
        client_type="public",
        authorization_grant_type="authorization-code",
        client_secret="",
        redirect_uris=redirect_uris,
    )


def test_django_oauth_toolkit_agrees() -> None:
    good = application("http://127.0.0.1/callback https://client.example/callback")
    good.clean()
    assert good.redirect_uri_allowed("http://127.0.0.1:9/callback")
    assert not good.redirect_uri_allowed("http://localhost:9/callback")


@pytest.mark.parametrize("uri", ["http://evil.example/cb", "http://127.0.0.2/cb", "javascript:alert(1)", ""])
def test_an_application_is_clean_by_our_rules(uri: str) -> None:
    """http must be among the schemes that django-oauth-toolkit allows, for loopback, and it looks no further."""
    with pytest.raises(ValidationError) as refused:
        application(uri).clean()
    assert "redirect_uris" in refused.value.message_dict
