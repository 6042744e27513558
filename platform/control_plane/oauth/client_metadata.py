"""What a client says of itself (RFC 7591 section 2), whether it sends that here or keeps it at a URL of its own.

What is not known is ignored, as section 2 asks, and so are `jwks`, `jwks_uri` and `software_statement`: a client
without a secret authenticates by no key, and no issuer of statements is trusted here. No URL in it is ever fetched.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import category, normalize

from tenants.errors import InvalidValueError
from tenants.models.application import AuthMethod
from tenants.redirect_uris import check_redirect_uris, is_loopback, is_redirect_uri

GRANT_TYPES: Final = ("authorization_code", "refresh_token")
RESPONSE_TYPES: Final = ("code",)
LONGEST_NAME: Final = 200

_DROPPED_GRANTS: Final = frozenset({"urn:ietf:params:oauth:grant-type:device_code"})
"""What well-known clients (Visual Studio Code) ask for beside the code grant, and do without."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """What is kept of it. `client_uri` is empty where it is no https URL."""

    name: str
    redirect_uris: tuple[str, ...]
    client_uri: str


class ClientMetadataError(Exception):
    """It is not accepted. `error` is of RFC 7591 section 3.2.2; the message, in ASCII, says what to change."""

    def __init__(self, message: str, error: str = "invalid_client_metadata") -> None:
        super().__init__(message)
        self.message, self.error = message, error


def client_metadata(document: dict[str, Any], auth_methods: Sequence[str]) -> ClientMetadata:
    """What is kept of what a client says of itself. `auth_methods` are those that it may name, for it to become a
    public client whichever it named. Raises ClientMetadataError."""
    _check_grants(_texts(document, "grant_types", GRANT_TYPES[:1]))
    if set(_texts(document, "response_types", RESPONSE_TYPES)) != set(RESPONSE_TYPES):
        raise ClientMetadataError("response_types can only be code.")
    if _text(document, "token_endpoint_auth_method", AuthMethod.NONE.value) not in auth_methods:
        raise ClientMetadataError("token_endpoint_auth_method can only be none: clients have no secret or key here.")
    return ClientMetadata(
        name=_name(_text(document, "client_name", "")),
        redirect_uris=_redirect_uris(document),
        client_uri=_web_page(_text(document, "client_uri", "")),
    )


def _check_grants(named: Sequence[str]) -> None:
    if not set(named) <= {*GRANT_TYPES, *_DROPPED_GRANTS} or GRANT_TYPES[0] not in named:
        raise ClientMetadataError("grant_types can only be authorization_code, and refresh_token beside it.")


def _redirect_uris(document: dict[str, Any]) -> tuple[str, ...]:
    given = document.get("redirect_uris")
    if not isinstance(given, list) or not all(isinstance(uri, str) for uri in given):
        raise ClientMetadataError("redirect_uris is a list of strings, and required.", "invalid_redirect_uri")
    try:
        return tuple(check_redirect_uris(given))
    except InvalidValueError as error:
        raise ClientMetadataError(error.message, "invalid_redirect_uri") from error


def _name(given: str) -> str:
    """In one line, without what can't be seen or turns the direction of writing."""
    if len(given) > LONGEST_NAME:
        raise ClientMetadataError(f"client_name has {LONGEST_NAME} characters at most.")
    spaced = re.sub(r"\s", " ", given)
    seen = "".join(character for character in normalize("NFC", spaced) if category(character) not in _INVISIBLE)
    return " ".join(seen.split())[:LONGEST_NAME]


def _web_page(given: str) -> str:
    return given if given.startswith("https://") and is_redirect_uri(given) and not is_loopback(given) else ""


def _text(document: dict[str, Any], field: str, default: str) -> str:
    value = document.get(field)
    if value is not None and not isinstance(value, str):
        raise ClientMetadataError(f"{field} is a string.")
    return default if value is None else value


def _texts(document: dict[str, Any], field: str, default: Sequence[str]) -> Sequence[str]:
    value = document.get(field)
    if value is not None and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise ClientMetadataError(f"{field} is a list of strings.")
    return value or default
