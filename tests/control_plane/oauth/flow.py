"""A client's way through the authorization server, each step by itself, so that a test can go wrong at any of them."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from tenants.models import Application
from tests.fixtures.cast import Person
from tests.fixtures.oauth import client_build

ISSUER = "http://127.0.0.1:8000"
RESOURCE = f"{ISSUER}/mcp/acme/demo"
FOREIGN = f"{ISSUER}/mcp/globex/demo"
REDIRECT = "http://127.0.0.1:53682/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-everybody-0123456789"
STATE = re.compile(r'name="state" value="([^"]+)"')


def challenge(verifier: str = VERIFIER) -> str:
    """PKCE's S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class Flow:
    """One client and one person's browser. Steps take what differs from a good request; None leaves it out."""

    application: Application
    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    wire: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Of a good authorization request."""
        good = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": REDIRECT,
            "scope": "mcp:read mcp:call offline_access",
            "state": "st4te",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            "resource": RESOURCE,
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def ask(self, **changes: Any) -> Any:
        """Open the link that the client made."""
        return self.browser.get(f"/oauth/authorize?{urlencode(self.parameters(**changes), doseq=True)}")

    def decide(self, page: Any, **form: Any) -> Any:
        """Send the form of a consent page."""
        token = self.browser.cookies["atrium-csrf"].value if "atrium-csrf" in self.browser.cookies else ""
        sent = {"state": state_of(page), "decision": "allow", "tools": "all", **form, "csrfmiddlewaretoken": token}
        return self.browser.post("/oauth/authorize", sent)

    def code(self, form: dict[str, Any] | None = None, **changes: Any) -> str:
        """As far as the code."""
        answer = self.decide(self.ask(**changes), **(form or {}))
        assert answer.status_code == 303, answer.content
        return answered(answer)["code"]

    def trade(self, code: str, **changes: Any) -> Any:
        """Ask for tokens by a code."""
        return self.post(
            "token",
            **{
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": REDIRECT,
                "code_verifier": VERIFIER,
                "resource": RESOURCE,
                **changes,
            },
        )

    def tokens(self, form: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """All the way to the first pair."""
        resource = changes.get("resource", RESOURCE)
        answer = self.trade(self.code(form, **changes), resource=resource)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def refresh(self, secret: str, **changes: Any) -> Any:
        """Ask for tokens by a refresh token."""
        return self.post("token", **{"grant_type": "refresh_token", "refresh_token": secret, **changes})

    def revoke(self, secret: str, **changes: Any) -> Any:
        """Give a token back."""
        return self.post("revoke", token=secret, **changes)

    def post(self, endpoint: str, headers: dict[str, str] | None = None, **form: Any) -> Any:
        """Any form to an endpoint, with the client's id unless said otherwise."""
        sent = {"client_id": self.application.client_id, **form}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.wire.post(
            f"/oauth/{endpoint}",
            urlencode(sent, doseq=True),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )


def flow_of(person: Person | None, **fields: Any) -> Flow:
    """A client that registered itself, and a browser in which the person is signed in."""
    fields = {"redirect_uris": "http://127.0.0.1/callback", **fields}
    flow = Flow(client_build(fields.pop("client_id", "editor"), **fields))
    if person is not None:
        flow.browser.force_login(person.user)
    return flow


def state_of(page: Any) -> str:
    """The sealed state in a page's form."""
    found = STATE.search(page.content.decode())
    assert found is not None, page.content.decode()
    return found[1]


def answered(response: Any) -> dict[str, str]:
    """What a client is told by way of its redirect URI."""
    assert response.status_code in (302, 303), response.content
    assert response["Location"].startswith(REDIRECT.rsplit(":", 1)[0]), response["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
