"""From an upstream's URL to the authorization server that its tokens come from (RFC 9728, RFC 8414).

Nobody is believed further than they can speak for: the metadata must be about the very resource that was asked for, and
about the very issuer.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tenants.upstream_oauth.asking import Asker, document_of
from tenants.upstream_oauth.authorization_servers import AuthorizationServer, authorization_server
from tenants.upstream_oauth.challenges import Challenge, challenge_of, scopes_among
from tenants.upstream_oauth.errors import SignInFailed

WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"
OFFLINE_ACCESS: Final = "offline_access"
DEADLINE: Final = 30.0
"""Seconds, for everything together."""
MOST_SERVERS: Final = 5
_UNAUTHORIZED: Final = 401
_FIRST_REQUEST: Final = msgspec.json.encode(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "Atrium", "version": "1"},
        },
    }
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """`resource` is what tokens are asked for, `scopes` what is asked for to begin with."""

    resource: str
    scopes: tuple[str, ...]
    server: AuthorizationServer


@dataclass(frozen=True, slots=True)
class ProtectedResource:
    """What an upstream says of itself."""

    resource: str
    servers: tuple[str, ...]
    scopes: tuple[str, ...] = ()


async def discovered(asker: Asker, url: str, preferred: Collection[str] = ()) -> Discovery:
    """How to sign in to the upstream at this URL. Of several authorization servers one of the `preferred` issuers is
    taken, else the first. Raises SignInFailed."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await _discovered(asker, url, preferred)
    except TimeoutError as error:
        raise SignInFailed("unreachable", "The upstream and its authorization server took too long.") from error


async def _discovered(asker: Asker, url: str, preferred: Collection[str]) -> Discovery:
    challenge = await _challenge(asker, url)
    resource = await _protected_resource(asker, url, challenge)
    issuer = next((each for each in resource.servers if each in preferred), resource.servers[0])
    server = await authorization_server(asker, issuer)
    if server is None:
        raise SignInFailed("no_metadata", f"{issuer} does not say how to sign in there.")
    scopes = challenge.scopes or resource.scopes
    offline = (OFFLINE_ACCESS,) if OFFLINE_ACCESS in server.scopes and OFFLINE_ACCESS not in scopes else ()
    return Discovery(resource.resource, (*scopes, *offline), server)


async def _challenge(asker: Asker, url: str) -> Challenge:
    """What the upstream answers to whoever comes without a token."""
    fetched = await asker.post_json(url, _FIRST_REQUEST, accept="application/json, text/event-stream")
    return challenge_of(fetched.header("www-authenticate")) if fetched.status == _UNAUTHORIZED else Challenge()


async def _protected_resource(asker: Asker, url: str, challenge: Challenge) -> ProtectedResource:
    if challenge.resource_metadata:
        asker.checked(challenge.resource_metadata, "The resource_metadata")
        found = await _metadata_at(asker, url, challenge.resource_metadata)
        if found is None:
            raise SignInFailed("no_metadata", "The upstream's metadata are not where it says that they are.")
        return found
    for metadata_url in metadata_urls(url):
        found = await _metadata_at(asker, url, metadata_url)
        if found is not None:
            return found
    # 2025-03-26 knows no such metadata: the authorization server is at the upstream's own origin.
    return ProtectedResource(url, (origin_of(url),))


def metadata_urls(url: str) -> list[str]:
    """Where the metadata of a resource may be, in the order in which they are asked for (RFC 9728 section 3.1)."""
    path = urlsplit(url).path
    root = origin_of(url) + WELL_KNOWN
    return [root + path, root] if path not in ("", "/") else [root]


def origin_of(url: str) -> str:
    """Scheme, host and port, as they are written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _metadata_at(asker: Asker, url: str, metadata_url: str) -> ProtectedResource | None:
    fetched = await asker.get(metadata_url)
    if fetched.status != 200:
        return None
    return _read(document_of(fetched, "The upstream's metadata"), url, metadata_url)


def _read(document: dict[str, Any], url: str, metadata_url: str) -> ProtectedResource:
    resource = document.get("resource")
    if not isinstance(resource, str) or resource not in _admissible(url, metadata_url):
        text = f"The upstream's metadata are about another resource than {url}, so no token is asked for with them."
        raise SignInFailed("resource_mismatch", text)
    listed = document.get("authorization_servers")
    servers = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    if not servers:
        raise SignInFailed("bad_metadata", "The upstream's metadata name no authorization server.")
    return ProtectedResource(resource, tuple(servers[:MOST_SERVERS]), scopes_among(document.get("scopes_supported")))


def _admissible(url: str, metadata_url: str) -> set[str]:
    """What metadata may be about: the URL that was asked for, to the letter; the whole origin where they are at its
    root, which speaks for all of it (RFC 9728 section 3.3)."""
    origin = origin_of(url)
    return {url, origin, f"{origin}/"} if metadata_url == origin + WELL_KNOWN else {url}
