"""Who may see details: the holder of METRICS_TOKEN, or, where no proxy stands between, somebody at this machine."""

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest

from control_plane.client_address import is_local


def may_see_details(request: HttpRequest) -> bool:
    """True with the token as a bearer, or from this machine where no token is set."""
    expected = settings.METRICS_TOKEN
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if expected and scheme.lower() == "bearer":
        return compare_digest(token.strip().encode(), expected.encode())
    return is_local(request)
