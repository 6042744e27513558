"""URIs of resources (RFC 3986), and the templates that many of them follow (RFC 6570, simple expansion).

Matching is strict, so that nothing but what a template's own expansion makes is an address: a variable stands for
unreserved and percent-encoded characters, and its value never holds a slash, however that was written.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

LENGTH: Final = 2_048
"""The longest URI that is looked at, in characters."""

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_LITERAL: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_EXPRESSION: Final = re.compile(r"\{([^{}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VALUE: Final = r"((?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+)"
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~%-]*")


class UriTemplateError(ValueError):
    """This is no template that can be matched; the message says why."""


def is_uri(text: str) -> bool:
    """Whether this is an absolute URI, of a length that is served."""
    return len(text) <= LENGTH and _URI.fullmatch(text) is not None


def scheme_of(text: str) -> str:
    """The scheme in lower case, of a URI or a template."""
    return text.partition(":")[0].lower()


class UriTemplate:
    """A template such as `city://{country}/{name}`. Raises UriTemplateError where it is none, or is ambiguous."""

    __slots__ = ("_pattern", "text", "variables")

    def __init__(self, text: str) -> None:
        parts = _EXPRESSION.split(text)
        literals, names = parts[::2], parts[1::2]
        _check(text, literals, names)
        self.text, self.variables = text, tuple(names)
        pattern = "".join(
            _VALUE if number % 2 else re.escape(part) for number, part in enumerate(parts)
        )  # literals and names take turns
        self._pattern = re.compile(pattern)

    def match(self, uri: str) -> dict[str, str] | None:
        """The decoded value of each variable, or None where the URI is not one of these."""
        found = self._pattern.fullmatch(uri) if len(uri) <= LENGTH else None
        if found is None:
            return None
        values = [_decode(value) for value in found.groups()]
        return None if None in values else dict(zip(self.variables, map(str, values), strict=True))


def following(uri_template: str, uris: Iterable[str]) -> list[str]:
    """Those of the URIs that follow the template; none where it is no template that can be matched."""
    try:
        template = UriTemplate(uri_template)
    except UriTemplateError:
        return []
    return [uri for uri in uris if template.match(uri) is not None]


def _check(text: str, literals: list[str], names: list[str]) -> None:
    if not names:
        raise UriTemplateError("it has no variable such as {id}")
    if not all(map(_LITERAL.fullmatch, literals)) or not is_uri("x".join(literals)):
        raise UriTemplateError(f"{text!r} is no URI around its variables")
    if ":" not in literals[0]:
        raise UriTemplateError("its scheme must be written out")
    for name in names:
        if not _NAME.fullmatch(name):
            raise UriTemplateError(f"{{{name}}} is not a plain variable: write {{name}}, without operators")
    if len(set(names)) < len(names):
        raise UriTemplateError("a variable stands in it twice")
    # What a value could hold does not end one: it would be anybody's guess where the next begins.
    if any(map(_UNRESERVED.fullmatch, literals[1:-1])):
        raise UriTemplateError("between two variables there must be a character that no value has, such as a slash")


def _decode(value: str) -> str | None:
    """The value that was percent-encoded; None where it would lead elsewhere, or is no text."""
    try:
        decoded = unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        return None
    if decoded in (".", "..") or "/" in decoded or "\\" in decoded or not decoded.isprintable():
        return None
    return decoded
