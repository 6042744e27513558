"""Counting how often somebody does something, for all web processes together (`control_plane.shared_cache`).

A bound on load and on guessing, not a quota.
"""

from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from control_plane.health.access import request_address


def is_too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more of `what` by `who`; True where that makes more than `most` within a window of so many seconds."""
    key = _key(what, who)
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it expired in between
        return False


def has_been_too_often(what: str, who: str, *, most: int) -> bool:
    """True where it was done `most` times within the window, without counting once more."""
    return int(cache.get(_key(what, who), 0)) >= most


def network_at(request: HttpRequest) -> str:
    """By what a request is counted: the network of its address."""
    return network_of(request_address(request))


def network_of(address: str) -> str:
    """The address itself, or the /64 that one customer has to themselves (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((int(parsed), 64), strict=False))


def _key(what: str, who: str) -> str:
    """Of bounded length, whatever a stranger calls themselves."""
    return f"rate:{what}:{sha256(who.encode()).hexdigest()}"
