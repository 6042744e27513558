"""The forms that values must have. Each function returns the value as it is kept, or raises InvalidValueError."""

import re
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.names import RESERVED_TOOL_NAMES, SECRET_NAME, SLUG, TOOL_NAME
from tenants.errors import InvalidValueError
from tenants.reserved_slugs import RESERVED_SLUGS

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_MOST_ENTRIES: Final = 50
SHORTEST_SECRET: Final = 8
LONGEST_SECRET_BYTES: Final = 16 * 1024


def slug(value: str, *, field: str = "slug") -> str:
    """A part of a URL: lower case letters, digits and inner hyphens, at most 63."""
    if not SLUG.fullmatch(value):
        raise InvalidValueError("Use 1 to 63 lower-case letters, digits and inner hyphens.", field=field)
    return value


def tenant_slug(value: str) -> str:
    """The slug of a new tenant: none that could be taken for a part of the platform. Raises InvalidValueError."""
    if slug(value) in RESERVED_SLUGS:
        raise InvalidValueError("This name is kept for the platform itself. Choose another one.", field="slug")
    return value


def name(value: str, *, field: str = "name", longest: int = 200) -> str:
    """One line of text for people."""
    stripped = value.strip()
    if not stripped or len(stripped) > longest or _CONTROL.search(stripped):
        raise InvalidValueError(f"Use one line of 1 to {longest} characters.", field=field)
    return stripped


def prose(value: str, *, field: str, longest: int = 20_000) -> str:
    """Text of several lines, or none."""
    if len(value) > longest or "\x00" in value:
        raise InvalidValueError(f"Use at most {longest} characters.", field=field)
    return value


def email(value: str) -> str:
    """An e-mail address, in lower case."""
    lowered = value.strip().lower()
    try:
        validate_email(lowered)
    except ValidationError as error:
        raise InvalidValueError("This is not an e-mail address.", field="email") from error
    return lowered


def tool_name(value: str) -> str:
    """The name by which clients call a tool."""
    if not TOOL_NAME.fullmatch(value):
        raise InvalidValueError("Use 1 to 64 letters, digits, underscores, dots and hyphens.", field="name")
    if value in RESERVED_TOOL_NAMES:
        raise InvalidValueError("This name belongs to a tool of Atrium's own. Choose another.", field="name")
    return value


def prompt_name(value: str) -> str:
    """The name by which clients ask for a prompt."""
    if not TOOL_NAME.fullmatch(value):
        raise InvalidValueError("Use 1 to 64 letters, digits, underscores, dots and hyphens.", field="name")
    return value


def secret_name(value: str) -> str:
    """The name by which tools refer to a secret."""
    if not SECRET_NAME.fullmatch(value):
        words = "Use 1 to 64 lower-case letters, digits, hyphens and underscores, beginning with a letter."
        raise InvalidValueError(words, field="name")
    return value


def secret_value(value: str) -> str:
    """What a secret may hold, without the blanks around it: text of 8 characters to 16 KiB in UTF-8.

    A shorter one could not be told from ordinary text in an answer, and would be cut out everywhere or nowhere.
    """
    stripped = value.strip()
    try:
        size = len(stripped.encode())
    except UnicodeEncodeError as error:
        raise InvalidValueError("This is no text.", field="value") from error
    if len(stripped) < SHORTEST_SECRET or size > LONGEST_SECRET_BYTES or "\x00" in stripped:
        words = f"Use a text of at least {SHORTEST_SECRET} characters, and of {LONGEST_SECRET_BYTES} bytes at most."
        raise InvalidValueError(words, field="value")
    return stripped


def origins(values: Iterable[str]) -> list[str]:
    """Web origins (RFC 6454): scheme, host and port, nothing after; lower case, without repetitions."""
    return _entries([_origin(value) for value in values], "allowed_origins")


def _origin(value: str) -> str:
    parts = urlsplit(value.strip())
    try:
        is_origin = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_origin = False
    rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
    if not is_origin or any(rest):
        raise InvalidValueError(f"{value} is not an origin, like https://app.example.com.", field="allowed_origins")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def address_ranges(values: Iterable[str]) -> list[str]:
    """CIDR blocks of IPv4 or IPv6."""
    return _entries([_address_range(value) for value in values], "address_ranges")


def _address_range(value: str) -> str:
    try:
        return str(ip_network(value.strip()))
    except ValueError as error:
        raise InvalidValueError(f"{value} is not a CIDR block, like 203.0.113.0/24.", field="address_ranges") from error


def _entries(values: list[str], field: str) -> list[str]:
    if len(values) > _MOST_ENTRIES:
        raise InvalidValueError(f"At most {_MOST_ENTRIES} entries.", field=field)
    return list(dict.fromkeys(values))


def rate(value: Rate | None) -> tuple[float | None, int | None]:
    """A rate as the two columns that keep it; both are null where there is none."""
    if value is None:
        return None, None
    if not 0 < value.per_second <= 1_000_000 or not 1 <= value.burst <= 2_000_000:
        raise InvalidValueError("A rate has more than 0 calls a second, and a burst of at least 1.", field="rate")
    return value.per_second, value.burst


def choice(value: str, allowed: Iterable[str], *, field: str) -> str:
    """One of a few words."""
    words = list(allowed)
    if value not in words:
        raise InvalidValueError(f"Use one of {', '.join(words)}.", field=field)
    return value
