"""Names in a JSON text that different readers could read differently: repeated in one object, or a known name spelled
with other letters. RFC 8259 4 leaves the first open, and some parsers take `Method` for `method`.

Whoever stands before or behind Atrium must see the same method, name and arguments as it does; so such a body goes no
further.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

MESSAGE_NAMES: Final = frozenset({"jsonrpc", "id", "method", "params", "result", "error"})
META_NAMES: Final = frozenset(
    {
        "progressToken",
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/clientInfo",
        "io.modelcontextprotocol/logLevel",
        "io.modelcontextprotocol/related-task",
    }
)
_MESSAGE_FOLDED: Final = frozenset(map(str.casefold, MESSAGE_NAMES))
_META_FOLDED: Final = frozenset(map(str.casefold, META_NAMES))

_encode = msgspec.json.Encoder().encode


class Spellings:
    """Finds the names that are almost one of these, `ſ` for `s` included. Further names are nobody's concern."""

    def __init__(self, params_names: Iterable[str]) -> None:
        self._params = frozenset(params_names)
        self._params_folded = frozenset(map(str.casefold, self._params))

    def find_variant(self, message: Any) -> str | None:
        """The first such name of a decoded message, its parameters or its `_meta`; None where there is none."""
        found = _variant(message, MESSAGE_NAMES, _MESSAGE_FOLDED)
        if found is not None or type(message) is not dict:
            return found
        params = message.get("params")
        found = _variant(params, self._params, self._params_folded)
        if found is not None or type(params) is not dict:
            return found
        return _variant(params.get("_meta"), META_NAMES, _META_FOLDED)


def _variant(value: Any, names: frozenset[str], folded: frozenset[str]) -> str | None:
    if type(value) is not dict or value.keys() <= names:
        return None
    return next((name for name in value if name not in names and name.casefold() in folded), None)


def repeats_names(body: bytes, value: Any) -> bool:
    """Whether an object in the body has a name twice. `value` is what it decodes to, where the last one has won.

    What was dropped took its colon with it, and encoding adds none, but for one that was escaped. So the colons are
    counted: that costs a tenth of looking at every object.
    """
    if b"\\u003" in body:
        return find_repeated(body) is not None
    return body.count(b":") != _encode(value).count(b":")


def find_repeated(body: bytes) -> str | None:
    """The first name that an object in this valid JSON has twice; None where none does."""
    return _read(body).repeated


def repeats_outermost(body: bytes, name: str) -> bool:
    """Whether the outermost object of this valid JSON has this name twice."""
    return sum(found == name for found, _ in _read(body).outermost) > 1


class _Reading:
    """What is seen of the objects of a text, the innermost first."""

    def __init__(self) -> None:
        self.repeated: str | None = None
        self.outermost: list[tuple[str, Any]] = []

    def look(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Look at one object."""
        self.outermost, object_ = pairs, dict(pairs)
        if len(object_) != len(pairs) and self.repeated is None:
            self.repeated = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return object_


def _read(body: bytes) -> _Reading:
    reading = _Reading()
    json.loads(body, object_pairs_hook=reading.look)
    return reading
