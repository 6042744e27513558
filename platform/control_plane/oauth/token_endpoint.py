"""/oauth/token: a code, or a refresh token, is traded for an access token (OAuth 2.1 section 3.2)."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from control_plane.oauth.cross_origin import open_to_every_origin
from control_plane.oauth.endpoint_answers import InvalidFormError, answered
from control_plane.oauth.server import GRANT_TYPES, authorization_server

NAMES: Final = (
    *("grant_type", "client_id", "client_secret", "resource"),
    *("code", "redirect_uri", "code_verifier"),
    *("refresh_token", "scope"),
)


@open_to_every_origin("POST")
def token(request: HttpRequest) -> HttpResponse:
    """The token endpoint."""
    return answered(request, "/oauth/token", NAMES, _check_grant_type, authorization_server.create_token_response)


def _check_grant_type(values: dict[str, str]) -> None:
    grant_type = values.get("grant_type")
    if grant_type is None:
        raise InvalidFormError("grant_type is missing")
    if grant_type not in GRANT_TYPES:
        raise InvalidFormError("Use authorization_code or refresh_token", "unsupported_grant_type")
