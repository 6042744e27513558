"""How a client shows who it is (OAuth 2.1 section 2.4): by exactly the one method that it registered."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.auth.hashers import identify_hasher
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from tenants.models import Application
from tenants.models.application import AuthMethod


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request says: who the client is, and how it shows that."""

    client_id: str
    method: AuthMethod
    secret: str = field(repr=False, default="")


def presented(request: Any) -> Presented | None:
    """What an oauthlib request presents; None where it names no client, or its header can't be read.

    Raises InvalidRequestError for two methods at once, or two different clients.
    """
    header: str | None = request.headers.get("Authorization")
    if header is None:
        method = AuthMethod.POST if request.client_secret else AuthMethod.NONE
        return Presented(request.client_id, method, request.client_secret or "") if request.client_id else None
    if request.client_secret:
        raise InvalidRequestError("Use one way of client authentication", request=request)
    basic = _basic(header)
    if basic is not None and request.client_id not in (None, basic.client_id):
        raise InvalidRequestError("The request names two clients", request=request)
    return basic


def is_authentic(client: Application, shown: Presented) -> bool:
    """True where this is the method that the client registered, and the secret is its own."""
    if shown.client_id != client.client_id or shown.method != client.auth_method:
        return False
    if shown.method == AuthMethod.NONE:
        return bool(client.client_type == Application.CLIENT_PUBLIC)
    try:
        hasher = identify_hasher(client.client_secret)
    except ValueError:  # stored otherwise than by us: good for nothing
        return False
    return bool(hasher.verify(shown.secret, client.client_secret))


def _basic(header: str) -> Presented | None:
    """RFC 6749 section 2.3.1: both parts are form-encoded before they are joined."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        parts = [unquote_plus(part, errors="strict") for part in (client_id, secret)]
    except (binascii.Error, ValueError):
        return None
    if not separator or not all(parts) or not all(part.isprintable() for part in parts):
        return None
    return Presented(parts[0], AuthMethod.BASIC, parts[1])
