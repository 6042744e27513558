"""When two answers are the same: not where they only differ in case, blanks, or the form of a number."""

import re
import unicodedata
from typing import Any, Final

import msgspec

_BLANKS: Final = re.compile(r"\s+")
_AROUND: Final = " .!\"'`*"

_encode = msgspec.json.Encoder(order="sorted").encode


def normalised(answer: Any) -> bytes:
    """An answer in the form in which answers are compared: a text, or any JSON value."""
    return _encode(_plain(answer))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).casefold()
        return _BLANKS.sub(" ", text).strip(_AROUND)
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
