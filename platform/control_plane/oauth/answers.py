"""The answers that go to a client by way of its redirect URI."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from control_plane.content_security_policy import keep_opener

OURS: Final = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
"""What we answer with. Where a registered redirect URI has such a parameter itself, it does not count."""


def answer_uri(redirect_uri: str, answer: Mapping[str, str]) -> str:
    """The redirect URI with the answer and the issuer (RFC 9207), beside the parameters of its own."""
    parts = urlsplit(redirect_uri)
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in OURS]
    return urlunsplit(parts._replace(query=urlencode([*own, *answer.items(), ("iss", settings.PUBLIC_URL)])))


def error_uri(redirect_uri: str, error: OAuth2Error) -> str:
    """The redirect URI with an error (RFC 6749 section 4.1.2.1), and the state as it came."""
    return answer_uri(redirect_uri, dict(error.twotuples))


def redirect_to_client(uri: str, *, after_form: bool = False) -> HttpResponse:
    """Send the browser there: after a form with 303, so that nothing posted travels on (RFC 9700 section 4.12)."""
    response = HttpResponseRedirect(uri)
    response.status_code = 303 if after_form else 302
    response.headers["Cache-Control"] = "no-store"
    keep_opener(response)
    return response
