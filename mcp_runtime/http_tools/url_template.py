"""The URL of a tool, with its placeholders. What a value fills is a part of the path, and can never be more.

A placeholder stands in the path alone, so scheme, host and port are the author's. A value is encoded as a whole, may
not be a dot segment, and may hold no slash in any spelling that a server might decode before it routes: what made
CVE-2026-32871.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from mcp_runtime.http_tools.errors import ArgumentRefused, DefinitionMistake

LONGEST_VALUE: Final = 1_024
_MOST_DECODINGS: Final = 4
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_LITERAL: Final = re.compile(r"(?:[A-Za-z0-9._~:@!$&'()*+,;=/-]|%[0-9A-Fa-f]{2})*")
_UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """`pieces` alternate: literal text, the name of a placeholder, literal text, …; the first is the origin and the
    path up to the first placeholder. `query` is what the author wrote behind the question mark."""

    pieces: tuple[str, ...]
    query: str

    @property
    def prefix(self) -> str:
        """What every URL made of it begins with."""
        return self.pieces[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return self.pieces[1::2]

    def filled(self, values: Mapping[str, str], *, with_slashes: frozenset[str] = frozenset()) -> str:
        """The URL without its query. Raises ArgumentRefused, and KeyError for a placeholder without a value."""
        made = [
            piece if number % 2 == 0 else _encoded(piece, values[piece], slashes=piece in with_slashes)
            for number, piece in enumerate(self.pieces)
        ]
        url = "".join(made)
        _check_path(url, self)
        return url


def parse_url_template(text: str) -> UrlTemplate:
    """Read a template. Raises DefinitionMistake (`url`)."""
    if "#" in text:
        raise DefinitionMistake("url", "Leave out # and what follows: it is never sent.")
    before, _, query = text.partition("?")
    if "{" in query or "}" in query:
        raise DefinitionMistake("url", "Placeholders stand in the path. Give the query's values as parameters.")
    pieces = tuple(_PLACEHOLDER.split(before))
    for name in pieces[1::2]:
        if not _NAME.fullmatch(name):
            raise DefinitionMistake("url", f"{{{name}}} is no placeholder: use letters, digits, _ . - in braces.")
    if len(set(pieces[1::2])) < len(pieces[1::2]):
        raise DefinitionMistake("url", "Each placeholder may stand once.")
    _check_literals(pieces)
    return UrlTemplate(pieces, query)


def _check_literals(pieces: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(pieces[0])
    except ValueError as error:  # brackets that hold no address
        raise DefinitionMistake("url", "Begin with https:// and the name of a host.") from error
    if parts.scheme not in ("https", "http") or not parts.netloc:
        raise DefinitionMistake("url", "Begin with https:// and the host; both are the same for every call.")
    if len(pieces) > 1 and not parts.path:
        raise DefinitionMistake("url", "A placeholder may stand only in the path, after the host and a slash.")
    for piece in (parts.path, *pieces[2::2]):
        if not _LITERAL.fullmatch(piece):
            raise DefinitionMistake("url", f"{piece[:80]!r} holds characters that a path has to encode as %XX.")
    example = pieces[0] + "".join("x" if number % 2 else piece for number, piece in enumerate(pieces[1:], start=1))
    if leads_elsewhere(urlsplit(example).path):
        raise DefinitionMistake("url", "The path may have no . or .. segments, backslashes or control characters.")


def _encoded(name: str, value: str, *, slashes: bool) -> str:
    if not value:
        raise ArgumentRefused(f"{name} is empty: it is a part of the path, so it needs a value.")
    if len(value) > LONGEST_VALUE:
        raise ArgumentRefused(f"{name} is longer than {LONGEST_VALUE} characters.")
    decoded = _decoded(value)
    if _UNREADABLE.search(decoded):
        raise ArgumentRefused(f"{name} may hold no backslash and no control character.")
    if not slashes and "/" in decoded:
        raise ArgumentRefused(f"{name} may hold no slash: it is one part of the path.")
    if any(segment.partition(";")[0] in ("", ".", "..") for segment in decoded.split("/")):
        raise ArgumentRefused(f"{name} may not be, or hold, an empty, . or .. part of a path.")
    return quote(value, safe="/" if slashes else "")


def _decoded(text: str) -> str:
    """The text as a server that decodes too often would read it."""
    for _ in range(_MOST_DECODINGS):
        text = unquote(text, errors="replace")
    return text


def leads_elsewhere(path: str) -> bool:
    """Whether some server could read a way upwards, or out of its path, in this one."""
    decoded = _decoded(path)
    segments = {segment.partition(";")[0] for segment in decoded.split("/")}
    return bool(_UNREADABLE.search(decoded)) or bool({".", ".."} & segments)


def _check_path(url: str, template: UrlTemplate) -> None:
    """The last word: whatever was filled in, origin and prefix are the author's, and nothing leads upwards. Literal
    and value may together be what neither is alone: `a.{x}` filled with a dot."""
    made, declared = urlsplit(url), urlsplit(template.prefix)
    is_same = made[:2] == declared[:2] and url.startswith(template.prefix)
    if not is_same or leads_elsewhere(made.path):
        raise ArgumentRefused("These arguments would lead out of the tool's own path.")
