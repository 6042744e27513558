"""A client of 2025-03-26 knows no resources: it finds the metadata at the origin, and the person picks the server."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.end_to_end.oauth.installation import Installation
from tests.mcp_runtime.legacy_client import initialize_request, legacy_headers, request

pytestmark = pytest.mark.processes
REVISION: Final = "2025-03-26"
VERIFIER: Final = "what-only-this-client-knows-of-its-request-0123456789"


class Callback(HTTPServer):
    """The client's loopback listener; `answer` is what came."""

    answer: dict[str, str]


class _Handler(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        self.server.answer = dict(parse_qsl(urlsplit(self.path).query))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def listening() -> Iterator[Callback]:
    with Callback(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


class OldClient:
    """New to the installation, and registered by what the metadata at the origin says."""

    def __init__(self, installation: Installation, callback: Callback) -> None:
        headers = {"MCP-Protocol-Version": REVISION}
        origin = installation.base_url
        self.metadata = httpx.get(f"{origin}/.well-known/oauth-authorization-server", headers=headers).json()
        self.redirect_uri = f"http://127.0.0.1:{callback.server_port}/callback"
        registration = {"client_name": "Old Editor", "redirect_uris": [self.redirect_uri]}
        self.client_id = httpx.post(self.metadata["registration_endpoint"], json=registration).json()["client_id"]

    @property
    def url(self) -> str:
        """What it opens in the person's browser: PKCE, but neither scope nor resource."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        parameters = {"response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect_uri}
        proof = {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.metadata['authorization_endpoint']}?{urlencode({**parameters, **proof})}"

    def token(self, code: str) -> str:
        """The access token of a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        form |= {"code_verifier": VERIFIER, "client_id": self.client_id}
        return str(httpx.post(self.metadata["token_endpoint"], data=form).raise_for_status().json()["access_token"])


def ask(url: str, token: str, message: dict[str, Any], session: str | None = None) -> httpx.Response:
    return httpx.post(url, json=message, headers=legacy_headers(token, session))


def test_its_token_is_good_at_the_server_that_was_picked_and_nowhere_else(installation: Installation) -> None:
    max_, picked = installation.browser_of(installation.cast.max), installation.url("workshop")
    with listening() as callback:
        client = OldClient(installation, callback)
        max_.submit(max_.submit(max_.open(client.url), server=picked, decision="allow"), decision="allow")
        token = client.token(callback.answer["code"])
    assert max_.seen[:2] == ["Which server may Old Editor use?", "Let Old Editor use workshop?"]
    begun = ask(picked, token, initialize_request(REVISION))
    assert begun.json()["result"]["protocolVersion"] == REVISION
    session = begun.headers["mcp-session-id"]
    assert ask(picked, token, {"jsonrpc": "2.0", "method": "notifications/initialized"}, session).status_code == 202
    called = ask(picked, token, request("tools/call", name="look", arguments={}), session)
    assert called.json()["result"]["content"][0]["text"] == "a bench"
    for elsewhere in (installation.url("demo"), installation.url("demo", tenant="globex")):
        assert ask(elsewhere, token, initialize_request(REVISION)).status_code == 401


def test_the_outsider_is_offered_nothing_but_their_own(installation: Installation) -> None:
    gus = installation.browser_of(installation.cast.gus)
    with listening() as callback:
        page = gus.open(OldClient(installation, callback).url)
        assert installation.url("demo", tenant="globex") in page.text
        assert "acme" not in page.text
        forged = gus.submit(page, server=installation.url("workshop"), decision="allow")
    assert (forged.status, forged.heading) == (403, "You are not a member of acme")
