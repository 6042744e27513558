"""Where every authorization server of an upstream sends people back to, and what Atrium says of itself as a client."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from control_plane.dashboard.pages import refusal_page
from control_plane.dashboard.upstream_accounts.sign_in_session import sign_in_recalled
from control_plane.error_pages import too_often
from control_plane.rates import is_too_often, network_at
from control_plane.upstream_doors import sign_in_completed
from tenants.actor import Actor
from tenants.errors import ApplicationError, UpstreamSignInError
from tenants.models import User
from tenants.models.tenant import TenantStatus
from tenants.selectors.across_tenants import TenantOfUser, tenants_of_user
from tenants.services.upstream_sign_ins import START_AGAIN
from tenants.upstream_oauth.authorization_requests import parameters_of
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.our_client import document

MOST: Final = 60
WITHIN: Final = 60


@never_cache
@require_http_methods(["GET"])
def upstream_callback(request: HttpRequest) -> HttpResponse:
    """The answer of an authorization server (OAuth 2.1 section 4.1.2). Nobody is led anywhere but to our own pages."""
    if is_too_often("upstream-callback", network_at(request), most=MOST, seconds=WITHIN):
        return too_often(request)
    try:
        parameters = parameters_of({name: request.GET.getlist(name) for name in request.GET})
        here, actor = _begun_by(request, parameters.get("state", ""))
        account = sign_in_completed(tenant=here.tenant, actor=actor, parameters=parameters)
    except SignInFailed as error:
        return refusal_page(request, UpstreamSignInError(str(error), reason=error.reason))
    except ApplicationError as error:
        return refusal_page(request, error)
    messages.success(request, "Connected.")
    base = f"/app/{here.tenant.slug}/"
    of_tenant = f"{base}upstreams/{account.upstream_id}/account/"
    return HttpResponseRedirect(f"{base}accounts/" if account.user_id is not None else of_tenant)


@require_http_methods(["GET", "HEAD"])
def client_document(request: HttpRequest) -> HttpResponse:
    """The Client ID Metadata Document of this installation; on https alone."""
    said = document()
    if said is None:
        raise Http404
    return JsonResponse(said, headers={"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"})


def _begun_by(request: HttpRequest, state: str) -> tuple[TenantOfUser, Actor]:
    """Where, and as whom, this browser began a sign-in with this state. Raises UpstreamSignInError, the same for
    everything that is not right."""
    tenant_id = sign_in_recalled(request, state)
    person = request.user
    if tenant_id and isinstance(person, User) and person.is_active:
        for here in tenants_of_user(user_id=person.pk):
            if str(here.tenant.pk) == tenant_id and here.tenant.status == TenantStatus.ACTIVE:
                return here, Actor(role=here.role, user_id=person.pk)
    raise UpstreamSignInError(START_AGAIN, reason="state")


urlpatterns = [
    path("callback", upstream_callback, name="upstream_callback"),
    path("client.json", client_document, name="upstream_client_document"),
]
