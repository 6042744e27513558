"""The operator's sign-in: the admin's own, with a bound on how often one may try."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from control_plane.rates import is_too_often, network_at
from tenants.admin.operator_site import operator_site

ATTEMPTS: Final = 10
WINDOW_SECONDS: Final = 300


@never_cache
def operator_login(request: HttpRequest) -> HttpResponse:
    """The page and the form. After ten attempts within five minutes from one address, or for one account, whether they
    succeed or not, 429."""
    if request.method == "POST" and _is_too_often(request):
        message = "Too many attempts to sign in. Wait five minutes.\n"
        return HttpResponse(
            message, status=429, content_type="text/plain", headers={"Retry-After": str(WINDOW_SECONDS)}
        )
    return operator_site.login(request)


def _is_too_often(request: HttpRequest) -> bool:
    account = request.POST.get("username", "").strip().lower()[:254]
    both = (f"address:{network_at(request)}", f"account:{account}")
    counted = [is_too_often("operator-login", who, most=ATTEMPTS, seconds=WINDOW_SECONDS) for who in both]
    return True in counted
