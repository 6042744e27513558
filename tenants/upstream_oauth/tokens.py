"""The token and revocation endpoints: a code becomes tokens, a refresh token others, and both can be given back.

OAuth 2.1 sections 3.2 and 4.3, RFC 8707 section 2.2, RFC 7009.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from egress.answers import Fetched
from tenants.upstream_oauth.asking import Asker, document_of, error_of, shown, token_in
from tenants.upstream_oauth.challenges import scopes_in
from tenants.upstream_oauth.clients import Client
from tenants.upstream_oauth.errors import SignInFailed

LONGEST_LIFE: Final = 10 * 365 * 24 * 3600
REASONS: Final = {"invalid_grant": "invalid_grant", "invalid_client": "client_refused"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was given out. `expires_in` is in seconds, None where nothing is said. `scopes` are None where they are
    those that were asked for."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False, default=None)
    expires_in: int | None = None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A token endpoint, who we are there, and for which resource."""

    url: str
    client: Client
    resource: str


async def code_redeemed(asker: Asker, endpoint: Endpoint, *, code: str, verifier: str, redirect_uri: str) -> Tokens:
    """The tokens that an authorization code stands for. Raises SignInFailed."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return await _tokens(asker, endpoint, fields)


async def refreshed(asker: Asker, endpoint: Endpoint, *, refresh_token: str) -> Tokens:
    """Other tokens; the refresh token is None where the old one goes on. Raises SignInFailed, with the reason
    invalid_grant where the old one is good no more."""
    return await _tokens(asker, endpoint, {"grant_type": "refresh_token", "refresh_token": refresh_token})


async def revoked(asker: Asker, url: str, client: Client, *, token: str, hint: str) -> None:
    """Tell the server that a token is used no more. Raises SignInFailed."""
    fields, headers = client.credentials()
    await asker.post_form(url, {**fields, "token": token, "token_type_hint": hint}, headers)


async def _tokens(asker: Asker, endpoint: Endpoint, grant: Mapping[str, str]) -> Tokens:
    fields, headers = endpoint.client.credentials()
    sent = {**grant, "resource": endpoint.resource, **fields}
    fetched = await asker.post_form(endpoint.url, sent, headers)
    if fetched.status != 200:
        raise _refused(fetched, endpoint.url)
    document = document_of(fetched, "The answer of the token endpoint")
    access_token = token_in(document, "access_token")
    kind = document.get("token_type")
    if access_token is None or not isinstance(kind, str) or kind.lower() != "bearer":
        raise SignInFailed("bad_answer", "The token endpoint gave out no bearer token.")
    lifetime, scope = document.get("expires_in"), document.get("scope")
    return Tokens(
        access_token,
        token_in(document, "refresh_token"),
        _seconds(lifetime),
        scopes_in(scope) if isinstance(scope, str) else None,
    )


def _seconds(lifetime: object) -> int | None:
    """Some servers send a number as text."""
    if isinstance(lifetime, str) and lifetime.isascii() and lifetime.isdigit() and len(lifetime) < 12:
        lifetime = int(lifetime)
    is_number = isinstance(lifetime, int | float) and not isinstance(lifetime, bool)
    return int(min(max(lifetime, 0), LONGEST_LIFE)) if is_number else None  # type: ignore[call-overload]


def _refused(fetched: Fetched, url: str) -> SignInFailed:
    code = error_of(fetched)
    said = code or f"status {fetched.status}"
    reason = REASONS.get(code, "bad_answer" if fetched.status < 500 else "unreachable")
    return SignInFailed(reason, f"{shown(url)} gave out no token: {said}.")
