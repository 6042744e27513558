"""/oauth/register: a client makes itself known (RFC 7591). Public clients for the code grant, and nothing else.

There is no client configuration endpoint (RFC 7592), so no registration token is given out: whoever wants other
metadata registers anew, and what nobody uses goes by itself.
"""

from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from control_plane.health.access import request_address
from control_plane.oauth.client_metadata import (
    GRANT_TYPES,
    RESPONSE_TYPES,
    ClientMetadataError,
    client_metadata,
)
from control_plane.oauth.client_policy import registration_is_open
from control_plane.oauth.cross_origin import open_to_every_origin
from control_plane.oauth.rates import Rate, is_too_often
from control_plane.rates import network_at
from tenants.errors import LimitReachedError
from tenants.json_object import json_object
from tenants.models import Application
from tenants.models.application import AuthMethod
from tenants.services.registered_clients import RATE_WINDOW, client_register

LARGEST: Final = 64 * 1024
PER_HOUR: Final = 20
"""How many clients one address may register within an hour."""
PER_HOUR_ON_LOOPBACK: Final = 1_000
"""The same for this machine itself, while the installation is embedded: a person tries things out."""
ATTEMPTS: Final = Rate("register", 120, 60)
AUTH_METHODS: Final = tuple(method.value for method in AuthMethod)
"""What a client may name. Many name one with a secret and do without: the answer says `none`, as section 3.2.1 lets
a server replace what it was asked for."""


class RefusedError(Exception):
    """No client comes of it. Answered with this status, `error` and a message in ASCII."""

    def __init__(self, status: int, error: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.retry_after = status, error, message, retry_after


@open_to_every_origin("POST")
def register(request: HttpRequest) -> HttpResponse:
    """The client registration endpoint (section 3)."""
    try:
        return _json(201, _described(_registered(request)))
    except ClientMetadataError as error:
        return _json(400, {"error": error.error, "error_description": error.message})
    except RefusedError as error:
        response = _json(error.status, {"error": error.error, "error_description": error.message})
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response


def _registered(request: HttpRequest) -> Application:
    if not registration_is_open():
        raise RefusedError(403, "access_denied", _CLOSED)
    if is_too_often(request, ATTEMPTS):
        raise RefusedError(429, "temporarily_unavailable", "Too many requests. Wait.", ATTEMPTS.seconds)
    metadata = client_metadata(_sent(request), AUTH_METHODS)
    try:
        return client_register(
            name=metadata.name,
            redirect_uris=metadata.redirect_uris,
            client_uri=metadata.client_uri,
            registered_from=network_at(request),
            most=_most_per_hour(request),
            now=timezone.now(),
        )
    except LimitReachedError as error:
        status = 429 if error.extra["limit"] == "registrations_per_hour" else 503
        seconds = int(RATE_WINDOW.total_seconds())
        raise RefusedError(status, "temporarily_unavailable", f"{error.message} Try again later.", seconds) from error


def _sent(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise RefusedError(415, "invalid_client_metadata", "Send the metadata as Content-Type: application/json.")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise RefusedError(413, "invalid_client_metadata", f"The metadata may have {LARGEST} bytes at most.")
    try:
        return json_object(body)
    except ValueError as error:
        raise ClientMetadataError("Send one JSON object of at most 16 levels, without repeated names.") from error


def _most_per_hour(request: HttpRequest) -> int:
    try:
        is_loopback = ip_address(request_address(request)).is_loopback
    except ValueError:
        is_loopback = False
    return PER_HOUR_ON_LOOPBACK if settings.EMBEDDED and is_loopback else PER_HOUR


def _described(client: Application) -> dict[str, Any]:
    """What was registered (section 3.2.1), which may be other than what was asked for."""
    described: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": client.name,
        "client_uri": client.client_uri,
        "redirect_uris": client.redirect_uris.split(),
        "grant_types": list(GRANT_TYPES),
        "response_types": list(RESPONSE_TYPES),
        "token_endpoint_auth_method": AuthMethod.NONE.value,
    }
    return {name: value for name, value in described.items() if value != ""}


def _json(status: int, content: dict[str, Any]) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


_CLOSED: Final = (
    "Clients do not register themselves here. Describe the client by a Client ID Metadata Document and use its URL as "
    "client_id, or ask a developer of the organization to set one up."
)
