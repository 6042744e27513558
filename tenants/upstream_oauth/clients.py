"""Becoming a client of an authorization server, and showing at its endpoints that one is (RFC 7591, RFC 6749)."""

import base64
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

import msgspec

from egress.outgoing import Headers
from tenants.upstream_oauth.asking import Asker, document_of, error_of, shown, token_in
from tenants.upstream_oauth.authorization_servers import BASIC, NONE, POST, AuthorizationServer
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.our_client import client_metadata

METHODS: Final = (NONE, BASIC, POST)
"""How Atrium shows who it is, what it likes best first: without a secret there is none to lose, and PKCE holds."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who Atrium is at one authorization server."""

    client_id: str
    auth_method: str = NONE
    secret: str = field(default="", repr=False)

    def credentials(self) -> tuple[dict[str, str], Headers]:
        """The fields and headers that show it (RFC 6749 section 2.3.1)."""
        if self.auth_method == BASIC:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
            return {}, (("Authorization", f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"),)
        fields = {"client_id": self.client_id}
        return ({**fields, "client_secret": self.secret} if self.auth_method == POST else fields), ()


def method_for(server_methods: tuple[str, ...], *, has_secret: bool) -> str:
    """How to show who we are where the server takes these. Raises SignInFailed."""
    wanted = (BASIC, POST) if has_secret else (NONE,)
    found = next((method for method in wanted if method in server_methods), None)
    if found is None and has_secret:
        raise SignInFailed(
            "needs_client", "The authorization server takes no client secret in a way that Atrium knows."
        )
    return found or NONE


async def registered(asker: Asker, server: AuthorizationServer) -> Client:
    """A new client, by the registration endpoint. Raises SignInFailed."""
    method = next((each for each in METHODS if each in server.auth_methods), NONE)
    wanted = {**client_metadata(), "token_endpoint_auth_method": method}
    fetched = await asker.post_json(server.registration_endpoint, msgspec.json.encode(wanted))
    if fetched.status not in (200, 201):
        said = error_of(fetched) or f"status {fetched.status}"
        text = f"{shown(server.registration_endpoint)} registers no client for {wanted['redirect_uris'][0]}: {said}."
        raise SignInFailed("registration_refused", f"{text} Register one there by hand, and enter its client id here.")
    document = document_of(fetched, "The registration")
    client_id, secret = token_in(document, "client_id"), token_in(document, "client_secret")
    if client_id is None or len(client_id) > 1_000:
        raise SignInFailed("bad_answer", "The registration has no usable client_id.")
    chosen = document.get("token_endpoint_auth_method", method)
    if chosen not in METHODS or (chosen != NONE and secret is None):
        raise SignInFailed("bad_answer", "The registration asks for credentials that Atrium does not have.")
    return Client(client_id, chosen, secret or "" if chosen != NONE else "")
