"""Answers from outside, without the secrets that were sent there: a server may repeat what it was given.

Each secret is looked for as it is and as programs write it: in base64 wherever it begins (a user's name before it
moves it), encoded for URLs, escaped for JSON, once and twice, and for HTML. Most answers hold none, and looking costs
a search of the text for each form; what is found is cut in one pass.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, Final
from urllib.parse import quote, quote_plus

from mcp_runtime.contract.secret_values import SecretValue

SHORTEST_PART: Final = 8
"""Characters of base64 that must be certain before they are looked for."""

_NUMBERS: Final = frozenset("0123456789.eE+-")
_URL_SAFE: Final = str.maketrans("+/", "-_")


class Scrubber:
    """Cuts these secrets out. Make one for the secrets of a call, and drop it with them."""

    def __init__(self, secrets: Iterable[SecretValue]) -> None:
        self._names = {form: secret.name for secret in secrets for form in _forms(secret.reveal())}
        self._is_numeric = any(set(form) <= _NUMBERS for form in self._names)

    def text(self, text: str) -> str:
        """The text with `[secret name]` in place of each."""
        spans = sorted(span for form, name in self._names.items() for span in _spans(text, form, name))
        return _cut(text, spans) if spans else text

    def structured(self, value: Any) -> Any:
        """A JSON value, its names included; a number that is a secret becomes a text."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self.structured(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.structured(item) for item in value]
        if self._is_numeric and isinstance(value, int | float) and not isinstance(value, bool):
            written = str(value)
            shown = self.text(written)
            return value if shown == written else shown
        return value


def scrub(value: Any, secrets: Iterable[SecretValue]) -> Any:
    """A text or a JSON value without these secrets."""
    return Scrubber(secrets).structured(value)


def _spans(text: str, form: str, name: str) -> Iterator[tuple[int, int, str]]:
    """Where it stands: the beginning, the negative end (so that of those with one beginning the longest is first)."""
    start = text.find(form)
    while start >= 0:
        yield start, -(start + len(form)), name
        start = text.find(form, start + len(form))


def _cut(text: str, spans: list[tuple[int, int, str]]) -> str:
    """Those that overlap are cut as one, so that no end of the second is left."""
    parts, position = [], 0
    for start, negative_end, name in spans:
        if start >= position:
            parts += [text[position:start], f"[secret {name}]"]
        position = max(position, -negative_end)
    return "".join([*parts, text[position:]])


def _forms(value: str) -> set[str]:
    escaped = {_escaped(text) for text in (value, _escaped(value))} | {_escaped(value, ascii_only=False)}
    forms = {value, escape(value), *escaped, *_in_base64(value.encode()), *_in_urls(value)}
    forms |= {form.replace("/", "\\/") for form in escaped}
    for character in "<>&":  # as Go and Django write them
        escaped = {form.replace(character, f"\\u{ord(character):04x}") for form in escaped}
    return {form for form in forms | escaped if form}


def _escaped(value: str, *, ascii_only: bool = True) -> str:
    return json.dumps(value, ensure_ascii=ascii_only)[1:-1]


def _in_urls(value: str) -> Iterator[str]:
    for form in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield form
        head, *parts = form.split("%")
        yield head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts)


def _in_base64(body: bytes) -> Iterator[str]:
    """The whole; and for each way of beginning within three bytes, the characters that hold nothing but the value."""
    yield from _both_alphabets(b64encode(body).decode())
    for before in range(3):
        first, beyond = -(-8 * before // 6), 8 * (before + len(body)) // 6
        part = b64encode(bytes(before) + body).decode()[first:beyond]
        if len(part) >= SHORTEST_PART:
            yield from _both_alphabets(part)


def _both_alphabets(text: str) -> tuple[str, str]:
    return text, text.translate(_URL_SAFE)
