"""Who asks: the holder of a management key, or a person who signed in to the dashboard.

Each authenticator returns None for what is not its kind of credential, and raises for what is, but is no good.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from control_plane.api.errors import AddressNotAllowedError
from control_plane.health.access import request_address
from mcp_runtime.contract.credentials import token_digest
from tenants.api_key_format import has_valid_checksum
from tenants.models import User
from tenants.selectors.across_tenants import ManagementCredential, management_credential
from tenants.services.api_key_use import api_key_used

SCHEME: Final = "bearer "
USE_RESOLUTION_SECONDS: Final = 60
"""How exact a key's time of last use is kept, by each web process."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a session of the dashboard."""

    user_id: UUID


Identity = ManagementCredential | SignedIn


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <API key>`. Unknown, revoked and expired keys are refused alike."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ManagementCredential] | None:
        """The credential, as `request.auth`. Raises AuthenticationFailed, AddressNotAllowedError."""
        header = request.headers.get("Authorization", "")
        if header[: len(SCHEME)].lower() != SCHEME:
            return None
        key, now = header[len(SCHEME) :].strip(), timezone.now()
        # The checksum tells a lookalike without asking the database.
        found = management_credential(digest=_digest(key), now=now) if has_valid_checksum(key) else None
        if found is None:
            raise AuthenticationFailed
        if found.address_ranges and not _is_within(request_address(request), found.address_ranges):
            raise AddressNotAllowedError("This key may not be used from this address.")
        if cache.add(f"management-key-used:{found.api_key_id}", True, USE_RESOLUTION_SECONDS):
            api_key_used(tenant=found.tenant, api_key_id=found.api_key_id, now=now)
        return AnonymousUser(), found

    def authenticate_header(self, request: Request) -> str:
        """The challenge's scheme; its presence makes the status 401."""
        return "Bearer"


AUTHENTICATORS: Final = (KeyAuthentication, SessionAuthentication)
"""In this order. Sessions are held to the CSRF token on everything that writes."""


def identity_of(request: Request) -> Identity:
    """Who asks. Raises NotAuthenticated, AuthenticationFailed."""
    if isinstance(request.auth, ManagementCredential):
        return request.auth
    if isinstance(request.user, User):
        return SignedIn(request.user.pk)
    raise NotAuthenticated


def _digest(key: str) -> str:
    return token_digest(key.encode()).hex()


def _is_within(address: str, ranges: tuple[str, ...]) -> bool:
    try:
        client = ip_address(address)
    except ValueError:
        return False
    return any(client in ip_network(block, strict=False) for block in ranges)
