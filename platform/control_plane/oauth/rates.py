"""How often one address may ask the authorization server: a bound on load and on guessing, not a quota.

Each web process counts for itself. Never by client alone: many people share one.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

from control_plane.health.access import request_address


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    name: str
    most: int
    seconds: int


AUTHORIZE: Final = Rate("authorize", 120, 60)
TOKEN: Final = Rate("token", 600, 60)
REFUSED: Final = Rate("refused", 120, 60)
"""Answers of the token and revocation endpoints that were refusals: of one client at one address, so that a client gone
wild keeps nobody else at the same address from working."""


def is_too_often(request: HttpRequest, rate: Rate) -> bool:
    """Count this request; True where the address has asked too often."""
    return is_too_often_by(network_of(request_address(request)), rate)


def is_too_often_by(who: str, rate: Rate) -> bool:
    """Count once for whoever or whatever this is; True where that is too often."""
    return _count(_key(who, rate), rate) > rate.most


def has_been_too_often(who: str, rate: Rate) -> bool:
    """True where it was, without counting once more."""
    return int(cache.get(_key(who, rate), 0)) >= rate.most


def client_at(request: HttpRequest, client_id: str) -> str:
    """A client, as it calls itself, at the address of this request."""
    return f"{network_of(request_address(request))} {client_id}"


def network_of(address: str) -> str:
    """By which an address is counted: itself, or the /64 that one customer has to themselves (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((int(parsed), 64), strict=False))


def _count(key: str, rate: Rate) -> int:
    cache.add(key, 0, rate.seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it expired in between
        return 1


def _key(who: str, rate: Rate) -> str:
    return f"oauth:{rate.name}:{who.encode().hex()}"
