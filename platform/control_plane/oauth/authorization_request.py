"""What a client asks of a person, examined: before anything is shown, and again before anything is granted."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from control_plane.oauth.authorization_rules import REPEATED
from control_plane.oauth.parameters import Parameters
from control_plane.oauth.server import authorization_server
from tenants.models import Application
from tenants.selectors.housekeeping import oauth_scope

NAMES: Final = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"),
    *("resource", "prompt", "response_mode", "request", "request_uri", "registration"),
)
"""The parameters that count. Whatever else is sent changes nothing (RFC 6749 section 3.1)."""
WHERE_TO_ANSWER: Final = frozenset({"client_id", "redirect_uri"})


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A good one. `values` are the parameters that count, and `resource` is None where the client named none."""

    values: dict[str, str]
    application: Application
    redirect_uri: str
    scopes: tuple[str, ...]

    @property
    def resource(self) -> str | None:
        """The server that the client wants to use."""
        return self.values.get("resource")

    @property
    def is_silent(self) -> bool:
        """True where the client wants an answer without anybody being asked anything."""
        return self.values.get("prompt") == "none"

    def refused(self, error: OAuth2Error) -> "RefusedError":
        """The refusal of this request."""
        error.state = self.values.get("state")
        return RefusedError(self.redirect_uri, error)


class RefusedError(Exception):
    """The client is told so, by way of its redirect URI."""

    def __init__(self, redirect_uri: str, error: OAuth2Error) -> None:
        super().__init__(error.error)
        self.redirect_uri, self.error = redirect_uri, error


class UnanswerableError(Exception):
    """There is nowhere to send an answer to: the person is told so. The message is for them."""


def examine(parameters: Parameters) -> AuthorizationRequest:
    """The request. Raises UnanswerableError where client or redirect URI are not good, RefusedError for the rest."""
    if parameters.repeated & WHERE_TO_ANSWER:
        raise UnanswerableError("The link names its client, or where to send the answer, more than once.")
    values: dict[str, str] = {name: parameters.values[name] for name in NAMES if name in parameters.values}
    try:
        with oauth_scope():
            scopes, found = authorization_server.validate_authorization_request(
                authorization_uri(values), headers={REPEATED: " ".join(sorted(parameters.repeated))}
            )
    except FatalClientError as error:
        raise UnanswerableError(_EXPLAINED.get(type(error).__name__, _UNREADABLE)) from error
    except OAuth2Error as error:
        raise RefusedError(error.redirect_uri, error) from error
    application: Application = found["request"].client
    return AuthorizationRequest(values, application, found["redirect_uri"], tuple(dict.fromkeys(scopes)))


def authorization_uri(values: dict[str, str]) -> str:
    """The request as oauthlib reads it: built from what was examined, never from what came."""
    return f"{settings.PUBLIC_URL}/oauth/authorize?{urlencode(values)}"


_UNREADABLE: Final = "The link that brought you here is incomplete."
_UNREGISTERED: Final = "The answer would go to an address that the client has not registered."
_EXPLAINED: Final[dict[Any, str]] = {
    "InvalidClientIdError": "The client is not known here, or its registration has ended. Connect it anew.",
    "MissingClientIdError": "The link does not say which client you come from.",
    "MismatchingRedirectURIError": _UNREGISTERED,
    "InvalidRedirectURIError": _UNREGISTERED,
    "MissingRedirectURIError": "The link does not say where to send the answer.",
}
