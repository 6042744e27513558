"""One installation, one address: whoever comes by another spelling of this machine is sent to PUBLIC_URL.

Cookies, OAuth redirects and clients compare the host exactly; `localhost` and `127.0.0.1` are two of them.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from control_plane.environment import is_loopback

FOR_PROGRAMS: Final = ("/api/", "/livez", "/readyz", "/health", "/metrics", "/.well-known/", "/static/")
"""Programs don't follow redirects gladly, and these answers are the same on every spelling."""


class OneBaseUrl:
    """Redirects pages, while the installation is embedded; a public one refuses other hosts anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what came to the right address, and whatever is no page."""
        if settings.EMBEDDED and _is_page(request) and _is_another_spelling(request.get_host().lower()):
            return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
        return self._get_response(request)


def _is_another_spelling(host: str) -> bool:
    return host != urlsplit(settings.PUBLIC_URL).netloc and is_loopback(f"http://{host}")


def _is_page(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD") and not request.path.startswith(FOR_PROGRAMS)
