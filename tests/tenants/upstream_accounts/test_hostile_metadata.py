"""Whatever URL an upstream or its authorization server names, nothing inside is connected to."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest

import egress.guard
from egress.addresses import Address, Public
from egress.urls import Target
from tenants.upstream_oauth.clients import Client, registered
from tenants.upstream_oauth.discovery import discovered
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.tokens import Endpoint, code_redeemed, refreshed, revoked
from tests.egress.hostile_corpus import hostile
from tests.tenants.upstream_accounts.canned import (
    RESOURCE_METADATA,
    SERVER_METADATA,
    URL,
    Wired,
    resource_document,
    server_document,
)

Plants = Callable[[Wired, str], None]


def challenge(wired: Wired, url: str) -> None:
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    wired.says(URL, {}, 401, www_authenticate=f'Bearer resource_metadata="{quoted}"')


def issuer(wired: Wired, url: str) -> None:
    wired.says(RESOURCE_METADATA, resource_document(authorization_servers=[url]))


def endpoint(name: str) -> Plants:
    def plant(wired: Wired, url: str) -> None:
        wired.says(SERVER_METADATA, {**server_document(), "registration_endpoint": "https://auth.example/r", name: url})

    return plant


NEVER_ASKED: Final = (
    "jwks_uri",
    "introspection_endpoint",
    "userinfo_endpoint",
    "service_documentation",
    "op_policy_uri",
)
"""Metadata have them, and nothing of ours looks there: a tenth of the corpus is enough to see it."""

PLACES: Final[dict[str, Plants]] = {
    "resource_metadata": challenge,
    "authorization_servers": issuer,
    **{
        name: endpoint(name)
        for name in (
            *("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"),
            *NEVER_ASKED,
        )
    },
}
"""Where a hostile URL is planted."""


async def everything(wired: Wired) -> str:
    """Sign in, by all that was found: register, redeem, refresh, give back. The first refusal, or nothing."""
    asker = wired.asker()
    try:
        found = await discovered(asker, URL)
    except SignInFailed as error:
        return error.reason
    client, server = Client("client"), found.server
    at = Endpoint(server.token_endpoint, client, found.resource)
    reasons = []
    for ask in (
        lambda: registered(asker, server),
        lambda: code_redeemed(asker, at, code="c", verifier="v", redirect_uri="https://atrium.example/c"),
        lambda: refreshed(asker, at, refresh_token="r"),
        lambda: revoked(asker, server.revocation_endpoint, client, token="t", hint="refresh_token"),
    ):
        try:
            await ask()
        except SignInFailed as error:
            reasons.append(error.reason)
    return ",".join(reasons)


async def leaks(place: str, entries: list[tuple[str, Any]]) -> list[str]:
    """The URLs for which something was connected to that is not the upstream or its authorization server."""
    found = []
    for url, leads_to in entries:
        wired = Wired()
        for good in ("authorize", "token", "r", "revoke"):
            wired.says(f"https://auth.example/{good}", {"error": "server_error"}, 400)
        PLACES[place](wired, url)
        wired.names.leads_to = leads_to
        await everything(wired)
        # A relative URL, or one that is mended, would lead to the public host again: nothing else is there.
        if wired.canary.connects:
            found.append(url)
    return found


@pytest.mark.must("MUST-48")
@pytest.mark.parametrize("place", PLACES)
def test_no_url_that_is_named_leads_inside(place: str) -> None:
    entries = hostile()
    assert len({url for url, _ in entries}) >= 500
    assert asyncio.run(leaks(place, entries[:: 10 if place in NEVER_ASKED else 1])) == []


def _lax(url: str, _: object) -> Target:
    return Target("https", url.partition("//")[2].partition("/")[0].lower(), 443, "/")


HOLES: Final[dict[str, Any]] = {
    "addresses are not classified": ("egress.resolver.classify", lambda *_, **__: Public()),
    "URLs are not checked": ("egress.guard.check_url", _lax),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_guard_would_be_seen(hole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entries: list[tuple[str, list[Address]]] = hostile()[::5]
    assert egress.guard
    monkeypatch.setattr(*HOLES[hole])
    if hole == "URLs are not checked":
        monkeypatch.setattr("tenants.upstream_oauth.asking.check_url", _lax)
    assert len(asyncio.run(leaks("resource_metadata", entries))) >= 10
