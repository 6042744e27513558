"""/oauth/revoke: a client gives its tokens back (RFC 7009)."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from control_plane.oauth.cross_origin import open_to_every_origin
from control_plane.oauth.endpoint_answers import answered
from control_plane.oauth.server import authorization_server

NAMES: Final = ("token", "token_type_hint", "client_id", "client_secret")


@open_to_every_origin("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """The revocation endpoint. Whatever is no token of this client's is answered like one that was revoked."""
    return answered(request, "/oauth/revoke", NAMES, _nothing, authorization_server.create_revocation_response)


def _nothing(values: dict[str, str]) -> None:
    """oauthlib looks for the token itself."""
