"""Where a request comes from: forwarded addresses count only as far as trusted proxies have written them."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The address of the client: the last one of X-Forwarded-For that no trusted proxy wrote of itself.

    The header is believed only as far as trusted proxies have written it. Raises ValueError where an address is none.
    """
    networks = [ip_network(range_) for range_ in trusted]
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = peer
    while hops and any(ip_address(address) in network for network in networks):
        address = hops.pop()
    return str(ip_address(address))


def is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine itself. A forwarded request doesn't, unless its proxy is trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and not settings.TRUSTED_PROXIES:
        return False
    try:
        address = client_address(request.META.get("REMOTE_ADDR", ""), forwarded, settings.TRUSTED_PROXIES)
    except ValueError:
        return False
    return ip_address(address).is_loopback
