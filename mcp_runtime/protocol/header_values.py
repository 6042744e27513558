"""Header values that mirror the body: `Mcp-Name`, and `Mcp-Param-*` for properties annotated with `x-mcp-header`.

MCP 2026-07-28 basic/transports/streamable-http, "Value Encoding" and "Server Validation".
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ANNOTATION: Final = "x-mcp-header"
_PREFIX: Final = b"=?base64?"
_SUFFIX: Final = b"?="
# Of more digits no number in the range has any, nor does Python read them all.
_DECIMAL: Final = re.compile(r"-?[0-9]{1,16}(\.0*)?")

LARGEST: Final = 2**53 - 1
"""What every reader of JSON and headers takes for the same integer, up to this and down to its negative."""


@dataclass(frozen=True, slots=True)
class MirroredParameter:
    """A parameter that clients mirror: where it is in the arguments, and its header's lower-case name."""

    path: tuple[str, ...]
    header: bytes
    kind: str


def decode(value: bytes) -> str | None:
    """A header's value as the text it stands for; None where it holds what a header value may not."""
    value = value.strip(b" \t")
    if value.startswith(_PREFIX) and value.endswith(_SUFFIX) and len(value) >= len(_PREFIX) + len(_SUFFIX):
        return _decode_base64(value[len(_PREFIX) : -len(_SUFFIX)])
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError:
        return None
    return text if text.replace("\t", "").isprintable() else None


def encode(text: str) -> str:
    """The text as a header's value that `decode` reads."""
    if text.isascii() and text.isprintable() and text == text.strip() and not text.startswith(_PREFIX.decode()):
        return text
    return f"{_PREFIX.decode()}{base64.b64encode(text.encode()).decode()}{_SUFFIX.decode()}"


def mirroring_headers(parameters: tuple[MirroredParameter, ...], arguments: dict[str, Any]) -> dict[str, str]:
    """The headers that a client sends for the arguments."""
    values = ((parameter, _value_at(arguments, parameter.path)) for parameter in parameters)
    return {
        parameter.header.decode(): encode(json.dumps(value) if isinstance(value, bool) else str(value))
        for parameter, value in values
        if isinstance(value, str | int | float)
    }


def stands_for(value: bytes, text: str) -> bool:
    """Whether a header's value stands for this text."""
    # An identifier is never encoded, so almost always the bytes can be compared as they are.
    return (text.isascii() and text.isidentifier() and value == text.encode()) or decode(value) == text


def _decode_base64(payload: bytes) -> str | None:
    try:
        decoded = base64.b64decode(payload, validate=True)
        # What would not be encoded this way is no value: two spellings of one name would blind intermediaries.
        return decoded.decode() if base64.b64encode(decoded) == payload else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def mirrored_parameters(schema: dict[str, Any]) -> tuple[MirroredParameter, ...]:
    """The parameters that a valid input schema annotates, reachable through `properties` alone."""
    return tuple(_walk(schema, ()))


def _walk(schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[MirroredParameter]:
    for name, property_schema in (schema.get("properties") or {}).items():
        if not isinstance(property_schema, dict):
            continue
        header = property_schema.get(ANNOTATION)
        if isinstance(header, str):
            yield MirroredParameter(
                (*path, name), b"mcp-param-" + header.lower().encode(), str(property_schema.get("type"))
            )
        yield from _walk(property_schema, (*path, name))


def find_mismatch(
    parameters: tuple[MirroredParameter, ...], arguments: dict[str, Any], headers: Mapping[bytes, bytes]
) -> str | None:
    """The first header that does not say what the arguments say, as a sentence; None when all agree."""
    for parameter in parameters:
        value, raw = _value_at(arguments, parameter.path), headers.get(parameter.header)
        header, place = parameter.header.decode(), ".".join(parameter.path)
        if value is None or isinstance(value, (dict, list)):
            if raw is not None:
                return f"The {header} header is present, but the argument {place} is not."
        elif raw is None:
            return f"The {header} header is missing: it must mirror the argument {place}."
        elif not isinstance(value, str) and abs(value) > LARGEST:
            return (
                f"The argument {place} is too large for the {header} header, which carries integers up to ±{LARGEST}."
            )
        elif not _matches(parameter.kind, value, decode(raw)):
            return f"The {header} header does not match the argument {place}."
    return None


def _value_at(arguments: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(arguments, dict):
            return None
        arguments = arguments.get(step)
    return arguments


def _matches(kind: str, value: Any, header: str | None) -> bool:
    if header is None:
        return False
    if isinstance(value, bool):
        return header == ("true" if value else "false")
    if kind == "integer" and isinstance(value, (int, float)) and _DECIMAL.fullmatch(header):
        return int(header.partition(".")[0]) == value
    return header == str(value)
