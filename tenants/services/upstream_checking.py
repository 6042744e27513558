"""What may be said of how an upstream is reached, before it is kept. Nothing here connects anywhere."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings

from egress.errors import EgressRefused
from egress.outgoing import NOT_THE_CALLERS
from egress.purposes import RULES, Purpose
from egress.urls import check_url
from tenants import validation
from tenants.errors import InvalidValueError
from tenants.models.upstream import UpstreamAuth, UpstreamEra
from tenants.services.secret_uses import secret_names_in
from tenants.upstreams.item_names import upstream_prefix

MOST_HEADERS: Final = 20
LONGEST_HEADER: Final = 2_000
MOST_AT_ONCE: Final = 100

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE: Final = re.compile(r"[\x20-\x7e]+")
_CREDENTIAL: Final = re.compile(r"auth|cookie|token|key|secret|password|credential", re.IGNORECASE)
_THE_PROTOCOLS: Final = frozenset({"accept", "content-type", "cookie", "last-event-id", "origin"})

Headers = list[list[str]]


def upstream_columns(given: dict[str, Any], *, auth: str) -> dict[str, Any]:
    """The fields that were given, as they are kept. `auth` is what holds after the change. Raises InvalidValueError,
    and TypeError for a field that is none of an upstream's."""
    columns: dict[str, Any] = {}
    for field, value in given.items():
        columns[field] = _column(field, value)
    if auth != UpstreamAuth.HEADERS and any(name.lower() == "authorization" for name, _ in columns.get("headers", ())):
        raise InvalidValueError("With this way of signing in, Atrium sets Authorization itself.", field="headers")
    return columns


def _column(field: str, value: Any) -> Any:
    if field == "prefix":
        return upstream_prefix(value)
    if field == "name":
        return validation.name(value)
    if field == "url":
        return upstream_url(value)
    if field == "era":
        return validation.choice(value, UpstreamEra.values, field="era")
    if field == "auth":
        return validation.choice(value, UpstreamAuth.values, field="auth")
    if field == "headers":
        return upstream_headers(value)
    if field == "concurrency":
        return _concurrency(value)
    raise TypeError(f"an upstream has no {field} to change")


def upstream_url(value: str) -> str:
    """A URL that this installation would ask for, as far as its own words tell; where its name leads is looked at
    with every connection. Raises InvalidValueError."""
    try:
        check_url(value.strip(), settings.EGRESS.policy(RULES[Purpose.UPSTREAM_MCP]))
    except EgressRefused as error:
        raise InvalidValueError(str(error), field="url") from error
    return value.strip()


def upstream_headers(pairs: Iterable[Sequence[str]]) -> Headers:
    """Pairs of name and value; a credential is a reference to a secret, for they are published with the tools. Raises
    InvalidValueError."""
    headers = [[name.strip(), value.strip()] for name, value in pairs]
    if len(headers) > MOST_HEADERS or len({name.lower() for name, _ in headers}) < len(headers):
        raise InvalidValueError(f"Use {MOST_HEADERS} headers at most, each once.", field="headers")
    for name, value in headers:
        _check_header(name, value)
    return headers


def header_secrets(headers: Iterable[Sequence[str]]) -> set[str]:
    """The names of the secrets that these headers refer to. Raises InvalidValueError."""
    return secret_names_in((value for _, value in headers), field="headers")


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise InvalidValueError(f"{name[:40]} is not the name of a header.", field="headers")
    if name.lower() in _THE_PROTOCOLS or name.lower().encode() in NOT_THE_CALLERS or name.lower().startswith("mcp-"):
        raise InvalidValueError(f"{name} is not yours to set: it belongs to the protocol.", field="headers")
    if len(value) > LONGEST_HEADER or not _VALUE.fullmatch(value):
        words = f"The value of {name} has 1 to {LONGEST_HEADER} printable characters of ASCII."
        raise InvalidValueError(words, field="headers")
    if not secret_names_in([value], field="headers") and _CREDENTIAL.search(name):
        words = f"Store the credential as a secret and write {name}: {{{{secret.NAME}}}}; a header itself can be read."
        raise InvalidValueError(words, field="headers")


def _concurrency(value: int) -> int:
    if not 1 <= value <= MOST_AT_ONCE:
        raise InvalidValueError(f"Use 1 to {MOST_AT_ONCE} calls at once.", field="concurrency")
    return value
