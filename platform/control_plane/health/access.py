"""Who may see details: the holder of METRICS_TOKEN, or, where none is set, somebody at this machine itself."""

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from mcp_runtime.edge.address import client_address


def request_address(request: HttpRequest) -> str:
    """The client's address; X-Forwarded-For counts only as far as trusted proxies have written it."""
    forwarded = request.headers.get("X-Forwarded-For")
    peer = (request.META.get("REMOTE_ADDR", ""), 0)
    return client_address(peer, forwarded.encode("latin-1") if forwarded else None, tuple(settings.TRUSTED_PROXIES))


def is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine. What a proxy passes on doesn't, unless that proxy is trusted."""
    if "X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXIES:
        return False
    try:
        return ip_address(request_address(request)).is_loopback
    except ValueError:
        return False


def may_see_details(request: HttpRequest) -> bool:
    """True with the token as a bearer, or from this machine where no token is set."""
    if not settings.METRICS_TOKEN:
        return is_local(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
