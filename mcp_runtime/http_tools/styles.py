"""How values are written into a URL, a header or a form: OpenAPI 3.1 "Style Values", of RFC 6570."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import json

from mcp_runtime.http_tools.errors import ArgumentRefused

STYLES: Final = {
    "path": ("simple",),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "field": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
}
"""Which may be asked for in which location; the first is meant where nothing is said."""

_SEPARATORS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
Pairs = list[tuple[str, str]]


def plain(name: str, value: Any) -> str:
    """A single value as text: true and false in words, numbers as JSON has them. Raises ArgumentRefused."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    if isinstance(value, int | float):
        return json.encode(value).decode()
    raise ArgumentRefused(f"{name} is nested too deeply to be written there; only single values fit.")


def simple(name: str, value: Any, *, explode: bool) -> str:
    """One text, for the path and for headers: `1,2,3` for a list, `a,1,b,2` or exploded `a=1,b=2` for an object."""
    if isinstance(value, Mapping):
        between = "=" if explode else ","
        return ",".join(f"{key}{between}{plain(name, each)}" for key, each in value.items())
    if isinstance(value, list):
        return ",".join(plain(name, each) for each in value)
    return plain(name, value)


def pairs(name: str, value: Any, *, style: str, explode: bool) -> Pairs:
    """Names and values, for the query and for forms."""
    if isinstance(value, Mapping):
        return _of_object(name, value, style, explode=explode)
    if isinstance(value, list):
        if explode or style == "deepObject":
            return [(name, plain(name, each)) for each in value]
        return [(name, _SEPARATORS[style].join(plain(name, each) for each in value))]
    return [(name, plain(name, value))]


def _of_object(name: str, value: Mapping[str, Any], style: str, *, explode: bool) -> Pairs:
    if style == "deepObject":
        return _deep(name, value)
    if explode:
        return [(key, plain(name, each)) for key, each in value.items()]
    flat = [part for key, each in value.items() for part in (key, plain(name, each))]
    return [(name, _SEPARATORS[style].join(flat))]


def _deep(name: str, value: Any) -> Pairs:
    """`filter[status][0]=open`: OpenAPI leaves deeper levels undefined; this is how those who use them write them."""
    if isinstance(value, Mapping):
        return [pair for key, each in value.items() for pair in _deep(f"{name}[{key}]", each)]
    if isinstance(value, list):
        return [pair for number, each in enumerate(value) for pair in _deep(f"{name}[{number}]", each)]
    return [(name, plain(name, value))]


def exploded(style: str, *, chosen: bool | None) -> bool:
    """Whether lists and objects are spread: as was said, else as OpenAPI has it, which is so for `form` alone."""
    return style == "form" if chosen is None else chosen
