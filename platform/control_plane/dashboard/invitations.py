"""The page behind an invitation's link: for whoever was invited, signed in or not yet."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from control_plane.accounts.invited import invitation_remember
from control_plane.dashboard.pages import sign_in_first
from control_plane.error_pages import too_often
from control_plane.rates import is_too_often, network_at
from tenants.errors import ApplicationError, NameTakenError, NotFoundError
from tenants.models import User
from tenants.selectors.across_tenants import ReceivedInvitation, tenant_of_user
from tenants.services.invitations import invitation_accept, invitation_received

LOOKS_PER_MINUTE: Final = 30
MINUTE: Final = 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to, and the button that accepts it. Whatever is wrong with a token, the page is the same."""
    if is_too_often("invitation", network_at(request), most=LOOKS_PER_MINUTE, seconds=MINUTE):
        return too_often(request)
    try:
        received = invitation_received(token=token)
    except NotFoundError:
        return _gone(request)
    if request.method == "POST":
        return _join(request, token, received)
    invitation_remember(request, token)
    person = request.user if isinstance(request.user, User) else None
    context = {"invitation": received, "person": person, "path": request.path}
    return render(request, "invitations/invitation.html", context)


def _join(request: HttpRequest, token: str, received: ReceivedInvitation) -> HttpResponse:
    if not isinstance(request.user, User):
        return sign_in_first(request)
    try:
        invitation_accept(token=token, user=request.user)
    except NotFoundError:
        return _gone(request)
    except ApplicationError as error:
        slug = received.tenant.slug
        if isinstance(error, NameTakenError) and tenant_of_user(user_id=request.user.pk, slug=slug) is not None:
            return HttpResponseRedirect(f"/app/{slug}/")
        context = {"invitation": received, "person": request.user, "path": request.path, "refusal": error.message}
        return render(request, "invitations/invitation.html", context, status=409)
    messages.success(request, f"You joined {received.tenant.name}.")
    return HttpResponseRedirect(f"/app/{received.tenant.slug}/")


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "invitations/gone.html", status=404)


urlpatterns: list[URLPattern] = [path("<str:token>", invitation_page, name="invitation")]
