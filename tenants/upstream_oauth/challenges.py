"""What a server says that it wants, in `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750, RFC 9728 section 5.1)."""

import re
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 8_000
MOST_SCOPES: Final = 50
_BEARER: Final = re.compile(r"(?:^|,)[ \t]*bearer(?:[ \t]+|$)", re.IGNORECASE)
_PARAMETER: Final = re.compile(r'[ \t]*([\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))[ \t]*(?:,|$)')
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """The bearer challenge of a server; all is empty where there is none."""

    resource_metadata: str = ""
    scopes: tuple[str, ...] = ()
    error: str = ""


def challenge_of(header: str | None) -> Challenge:
    """The first bearer challenge of a header, as far as it is well formed."""
    text = (header or "")[:LONGEST]
    begins = _BEARER.search(text)
    if begins is None:
        return Challenge()
    found: dict[str, str] = {}
    position = begins.end()
    while (match := _PARAMETER.match(text, position)) is not None:
        name, quoted, plain = match.groups()
        found.setdefault(name.lower(), plain if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted))
        position = match.end()
    return Challenge(found.get("resource_metadata", ""), scopes_in(found.get("scope", "")), found.get("error", ""))


def scopes_in(text: str) -> tuple[str, ...]:
    """The scopes that a text lists (RFC 6749 section 3.3), each once; what is no scope is left out."""
    return scopes_among(text.split(" "))


def scopes_among(values: object) -> tuple[str, ...]:
    """Those of a list, each once; none where it is no list."""
    listed = values if isinstance(values, list | tuple) else ()
    good = [value for value in listed if isinstance(value, str) and _SCOPE.fullmatch(value)]
    return tuple(dict.fromkeys(good))[:MOST_SCOPES]
