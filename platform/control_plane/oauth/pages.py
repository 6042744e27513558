"""The pages of an authorization: what a person reads before they let a client in, and where that is not possible."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError

from control_plane.content_security_policy import allow_form_action, keep_opener
from control_plane.oauth.answers import error_uri
from control_plane.oauth.authorization_request import AuthorizationRequest
from control_plane.oauth.consent_state import ConsentState, seal
from control_plane.oauth.protocol_settings import SCOPES
from control_plane.oauth.shown import shown
from control_plane.oauth.targets import Target
from tenants.models import Application, User
from tenants.redirect_uris import is_loopback, redirect_host, redirect_origin
from tenants.scope import tenant_scope
from tenants.selectors.callable_tools import CallableTool, callable_tools

DESCRIPTION_SHOWN: Final = 160


@dataclass(frozen=True, slots=True)
class ShownClient:
    """A client as a person may trust it: `origin` is what is known of it beside the name it gave itself."""

    name: str
    origin: str
    is_verified: bool
    redirect_host: str
    is_loopback: bool


def choose_server_page(
    request: HttpRequest, asked: AuthorizationRequest, user: User, targets: list[Target]
) -> HttpResponse:
    """For a client that named no server: the person picks the one."""
    context = {
        "client": shown_client(asked),
        "person": user,
        "targets": [(target.resource, shown(target.server.name), shown(target.tenant.name)) for target in targets],
        "state": seal(ConsentState(asked.values, None), user_id=user.pk),
    }
    return _to_client(render(request, "oauth/choose_server.html", context), asked)


def consent_page(
    request: HttpRequest, asked: AuthorizationRequest, user: User, target: Target, *, mistake: str = ""
) -> HttpResponse:
    """Who asks, for what, on which server, in whose name; and how much of it to give."""
    may_call = "mcp:call" in asked.scopes
    tools = [tool for tool in _tools(target, user) if may_call or tool.is_read_only]
    context = {
        "client": shown_client(asked),
        "person": user,
        "target": target,
        "tools": [(tool, shown(tool.title or tool.name), shown(tool.description, DESCRIPTION_SHOWN)) for tool in tools],
        "server_name": shown(target.server.name),
        "tenant_name": shown(target.tenant.name),
        "may_call": may_call,
        "stays": "offline_access" in asked.scopes,
        "scopes": [SCOPES[scope] for scope in asked.scopes if not (scope == "mcp:read" and may_call)],
        "mistake": mistake,
        "state": seal(ConsentState(asked.values, target.resource), user_id=user.pk),
    }
    status = 422 if mistake else 200
    return _to_client(render(request, "oauth/consent.html", context, status=status), asked)


def outsider_page(request: HttpRequest, asked: AuthorizationRequest, user: User, tenant: str) -> HttpResponse:
    """For somebody who does not belong to the tenant, if there is one."""
    denied = AccessDeniedError(description="The person who signed in has no access to that server.")
    context = {
        "client": shown_client(asked),
        "person": user,
        "tenant": tenant,
        "back": error_uri(asked.redirect_uri, asked.refused(denied).error),
    }
    return _to_client(render(request, "oauth/not_a_member.html", context, status=403), asked)


def no_server_page(request: HttpRequest, asked: AuthorizationRequest, user: User) -> HttpResponse:
    """For a client that named no server, and a person who has none to pick."""
    denied = AccessDeniedError(description="The person who signed in has no server to give access to.")
    context = {
        "client": shown_client(asked),
        "person": user,
        "back": error_uri(asked.redirect_uri, asked.refused(denied).error),
    }
    return _to_client(render(request, "oauth/no_server.html", context, status=403), asked)


def refusal_page(request: HttpRequest, message: str, status: int = 400) -> HttpResponse:
    """Where no answer can be sent to a client. It leads nowhere: nothing in the request is to be trusted."""
    response = render(request, "oauth/refused.html", {"message": message}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def shown_client(asked: AuthorizationRequest) -> ShownClient:
    """The client of a request."""
    application = asked.application
    origin, is_verified = _origin(application)
    return ShownClient(
        name=shown(application.name or application.client_id),
        origin=origin,
        is_verified=is_verified,
        redirect_host=redirect_host(asked.redirect_uri),
        is_loopback=is_loopback(asked.redirect_uri),
    )


def _origin(application: Application) -> tuple[str, bool]:
    if application.registration_source == Application.RegistrationSource.CIMD:
        return f"Described by {urlsplit(application.client_id).hostname}, which was checked", True
    if application.registration_source == Application.RegistrationSource.DCR:
        return "Registered itself: its name was not checked by anybody", False
    if application.tenant is not None:
        return f"Set up by {shown(application.tenant.name)}", True
    return "Set up by the operator of this installation", True


def _tools(target: Target, user: User) -> list[CallableTool]:
    with tenant_scope(target.tenant):
        return callable_tools(server=target.server, user_id=user.pk, role=target.actor.role or "")


def _to_client(response: Any, asked: AuthorizationRequest) -> HttpResponse:
    """A page whose form ends at the client. Browsers hold the redirect after a form to form-action."""
    allow_form_action(response, redirect_origin(asked.redirect_uri))
    keep_opener(response)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[no-any-return]
