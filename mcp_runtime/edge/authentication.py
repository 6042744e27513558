"""Bearer → credential. Never a cookie, never a query parameter.

Whatever is wrong with a credential, the answer is the same 401 for every well-formed path, whether or not such a server
exists (MCP authorization; RFC 6750; RFC 9728 section 5.1).
"""

from ipaddress import ip_address, ip_network
from time import time
from typing import Final

from mcp_runtime.calls.authorization import SCOPE_CALL, SCOPE_READ
from mcp_runtime.calls.caller import Credential
from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.protected_resource import canonical_resource, metadata_url
from mcp_runtime.refusals import Refusal, Refused, refuse
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.exchange import Exchange

TOKEN_LENGTH: Final = 4_096
CHALLENGE_SCOPE: Final = f"{SCOPE_READ} {SCOPE_CALL}"
RETRY_SECONDS: Final = 2


async def authenticate(runtime: Runtime, exchange: Exchange) -> Credential:
    """The credential of a request, good for the server that its path names. Raises Refused."""
    header = exchange.headers.get(b"authorization")
    if header is None or header[:7].lower() != b"bearer " or len(header) > TOKEN_LENGTH:
        raise unauthenticated(runtime, exchange)
    digest = token_digest(header[7:].strip()).hex()
    heard = runtime.changes.are_heard
    credential = runtime.credentials.cached(digest) if heard else None
    if credential is None:
        try:
            credential = await runtime.credentials.get(digest, changes_heard=heard)
        except RecordUnavailable as error:
            raise unavailable() from error
    if credential is None or not _is_good(credential.record, exchange, runtime.settings.public_url):
        raise unauthenticated(runtime, exchange)
    if credential.record.address_ranges and not _is_within(exchange.address, credential.record.address_ranges):
        raise refuse("address_not_allowed", "This credential may not be used from this address.")
    return credential


def _is_good(record: CredentialRecord, exchange: Exchange, public_url: str) -> bool:
    """Of this tenant, for this server, not expired, and for MCP at all."""
    if record.tenant != exchange.tenant or (record.expires_at is not None and record.expires_at <= time()):
        return False
    if record.servers is not None and exchange.server not in record.servers:
        return False
    if record.resource is not None and record.resource != canonical_resource(
        public_url, exchange.tenant, exchange.server
    ):
        return False
    return SCOPE_CALL in record.scopes or SCOPE_READ in record.scopes


def _is_within(address: str, ranges: tuple[str, ...]) -> bool:
    try:
        client = ip_address(address)
    except ValueError:
        return False
    return any(client in ip_network(block, strict=False) for block in ranges)


def unauthenticated(runtime: Runtime, exchange: Exchange) -> Refused:
    """The one 401, with where to get a token (RFC 9728) and for which scopes."""
    location = metadata_url(runtime.settings.public_url, exchange.tenant, exchange.server)
    challenge = f'Bearer resource_metadata="{location}", scope="{CHALLENGE_SCOPE}"'
    return Refused(
        Refusal(
            "unauthenticated",
            "This server needs a valid credential: an OAuth access token for it, or an API key, as a bearer token.",
            headers=((b"www-authenticate", challenge.encode()),),
        )
    )


def insufficient_scope_header(runtime: Runtime, exchange: Exchange, scope: str) -> tuple[tuple[bytes, bytes], ...]:
    """The challenge that lets a client ask for a wider scope (MCP authorization, Scope Challenge Handling)."""
    location = metadata_url(runtime.settings.public_url, exchange.tenant, exchange.server)
    challenge = f'Bearer error="insufficient_scope", scope="{scope}", resource_metadata="{location}"'
    return ((b"www-authenticate", challenge.encode()),)


def unavailable() -> Refused:
    """Credentials can't be verified: neither Redis nor the database answers. Never means yes."""
    return refuse("unavailable", "Credentials can't be verified just now. Retry shortly.", retry_after=RETRY_SECONDS)
