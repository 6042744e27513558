"""Reading `application/x-www-form-urlencoded` strictly: what two readers could read differently is refused.

Django would replace bad UTF-8, and take the last of repeated parameters.
"""

from dataclasses import dataclass
from typing import Final
from unicodedata import category
from urllib.parse import parse_qsl

from django.http import HttpRequest

FORM: Final = "application/x-www-form-urlencoded"
LONGEST: Final = 16_384
MOST: Final = 50


class MalformedError(Exception):
    """It can't be read. The message says why, in ASCII, for the `error_description`."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that a request has a value for (an empty one counts as left out: RFC 6749 section 3.1), and the
    names of those that came more than once, of which none is kept."""

    values: dict[str, str]
    repeated: frozenset[str]

    def get(self, name: str) -> str | None:
        """The value, or None."""
        return self.values.get(name)


def query_parameters(request: HttpRequest) -> Parameters:
    """Those of the query. Raises MalformedError."""
    return _parsed(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))


def form_parameters(request: HttpRequest) -> Parameters:
    """Those of a posted form, and of nothing else. Raises MalformedError."""
    if request.META.get("QUERY_STRING"):
        raise MalformedError("URL query parameters are not allowed here")
    if request.content_type != FORM:
        raise MalformedError(f"The content type must be {FORM}")
    return _parsed(request.read(LONGEST + 1))


def _parsed(raw: bytes) -> Parameters:
    if len(raw) > LONGEST:
        raise MalformedError("The request is too long")
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST) if text else []
    except ValueError as error:
        raise MalformedError("The request is not well-formed") from error
    if any(category(character) in ("Cc", "Cs") for pair in pairs for part in pair for character in part):
        raise MalformedError("The request has control characters in it")
    names = [name for name, _ in pairs]
    repeated = frozenset(name for name in names if names.count(name) > 1)
    return Parameters({name: value for name, value in pairs if value and name not in repeated}, repeated)
