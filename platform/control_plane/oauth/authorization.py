"""/oauth/authorize: a client asks, a person decides. Nothing a client sends skips the page on which they do."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from oauthlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    ConsentRequired,
    CustomOAuth2Error,
    LoginRequired,
    OAuth2Error,
)

from control_plane.content_security_policy import keep_opener
from control_plane.health.access import request_address
from control_plane.oauth import pages, rates
from control_plane.oauth.answers import error_uri, redirect_to_client
from control_plane.oauth.authorization_request import (
    AuthorizationRequest,
    RefusedError,
    UnanswerableError,
    examine,
)
from control_plane.oauth.clients import client_prepare, is_yet_unknown
from control_plane.oauth.consent import Choices, grant
from control_plane.oauth.consent_state import StaleStateError, unseal
from control_plane.oauth.parameters import MalformedError, Parameters, query_parameters
from control_plane.oauth.targets import NotAMemberError, Target, target_of, targets_of
from tenants.errors import ApplicationError, InvalidValueError
from tenants.models import User

STALE = "This page is out of date, or was opened by somebody else. Go back to your client and connect again."
UNDESCRIBED = (
    "What the client says of itself can't be read just now, or is not valid. Try again later, or tell its makers."
)
TOO_OFTEN = "There were too many attempts from your address. Wait a minute, and connect again."


@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint (OAuth 2.1 section 4.1.1)."""
    if rates.is_too_often(request, rates.AUTHORIZE):
        response = pages.refusal_page(request, TOO_OFTEN, 429)
        response.headers["Retry-After"] = str(rates.AUTHORIZE.seconds)
        return response
    is_decision = request.method == "POST"
    try:
        return _decided(request) if is_decision else _asked(request)
    except (MalformedError, UnanswerableError) as error:
        return pages.refusal_page(request, str(error))
    except (StaleStateError, NotAMemberError):
        return pages.refusal_page(request, STALE)
    except RefusedError as refused:
        return redirect_to_client(error_uri(refused.redirect_uri, refused.error), after_form=is_decision)


def _asked(request: HttpRequest) -> HttpResponse:
    parameters = query_parameters(request)
    person = _person(request)
    if person is not None:
        _prepare(request, parameters.get("client_id") or "")
    elif is_yet_unknown(parameters.get("client_id") or ""):
        # Nobody makes us ask a stranger's site before we know who they are.
        return _sign_in(request)
    asked = examine(parameters)
    if person is None:
        if asked.is_silent:
            raise asked.refused(LoginRequired())
        return _sign_in(request)
    if asked.is_silent:
        raise asked.refused(ConsentRequired())
    return _page(request, asked, person, asked.resource)


def _decided(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    if person is None:
        raise StaleStateError
    state = unseal(request.POST.get("state", ""), user_id=person.pk)
    _prepare(request, state.values.get("client_id", ""))
    asked = examine(Parameters(state.values, frozenset()))
    if request.POST.get("decision") != "allow":
        raise asked.refused(AccessDeniedError(description="The person did not allow it."))
    if state.resource is None:
        return _page(request, asked, person, request.POST.get("server", ""))
    target = _target(asked, person, state.resource)
    try:
        location = grant(asked, person, target, Choices.of(request.POST))
    except InvalidValueError as error:
        return pages.consent_page(request, asked, person, target, mistake=error.message)
    except (ApplicationError, OAuth2Error) as error:
        raise StaleStateError from error
    return redirect_to_client(location, after_form=True)


def _prepare(request: HttpRequest, client_id: str) -> None:
    if not client_prepare(client_id, address=request_address(request)):
        raise UnanswerableError(UNDESCRIBED)


def _page(request: HttpRequest, asked: AuthorizationRequest, person: User, resource: str | None) -> HttpResponse:
    if resource is None:
        targets = targets_of(user=person, application=asked.application)
        if not targets:
            return pages.no_server_page(request, asked, person)
        return pages.choose_server_page(request, asked, person, targets)
    try:
        return pages.consent_page(request, asked, person, _target(asked, person, resource))
    except NotAMemberError as error:
        return pages.outsider_page(request, asked, person, str(error))


def _target(asked: AuthorizationRequest, person: User, resource: str) -> Target:
    target = target_of(user=person, application=asked.application, resource=resource)
    if target is None:
        raise asked.refused(CustomOAuth2Error("invalid_target", "The resource is no server that you can use here"))
    return target


def _sign_in(request: HttpRequest) -> HttpResponse:
    response = redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    response.headers["Cache-Control"] = "no-store"
    keep_opener(response)
    return response


def _person(request: Any) -> User | None:
    return request.user if request.user.is_authenticated and request.user.is_active else None
