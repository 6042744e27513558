"""Reading one JSON object that a stranger sent: bounded in depth, and in one way only."""

import json
from typing import Any, Final

DEPTH: Final = 16


def json_object(body: bytes) -> dict[str, Any]:
    """The object, from UTF-8. NaN and infinities, deep nesting and a name given twice are no JSON here.

    The caller has bounded the size. Raises ValueError.
    """
    try:
        value = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("nests too deep") from error
    if not isinstance(value, dict) or _is_deeper(value, DEPTH):
        raise ValueError("is no object of bounded depth")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found


def _is_deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_is_deeper(each, depth - 1) for each in inner)
