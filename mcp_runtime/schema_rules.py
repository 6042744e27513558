"""What an input schema may not contain (MCP 2026-07-28 server/tools "x-mcp-header", basic "$ref Resolution")."""

import re
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs

HEADER_KEYWORD: Final = "x-mcp-header"
HEADER_TYPES: Final = ("string", "integer", "boolean")

# RFC 9110 section 5.6.2: the characters of a header field's name.
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

# Keywords whose values are schemas. `default`, `const`, `enum` and `examples` hold data, which may look like anything.
_ONE_SCHEMA: Final = (
    "items",
    "contains",
    "unevaluatedItems",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
)
_LIST_OF_SCHEMAS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED_SCHEMAS: Final = ("patternProperties", "dependentSchemas", "$defs", "definitions")

Path = tuple[str, ...]


def _below(path: Path | None, schema: dict[str, Any]) -> Iterator[tuple[Path | None, Any]]:
    for name, child in schema.get("properties", {}).items():
        yield (None if path is None else (*path, name)), child
    for keyword in _ONE_SCHEMA:
        yield None, schema.get(keyword)
    for keyword in _LIST_OF_SCHEMAS:
        yield from ((None, child) for child in schema.get(keyword, ()))
    for keyword in _NAMED_SCHEMAS:
        yield from ((None, child) for child in schema.get(keyword, {}).values())


def schema_positions(schema: dict[str, Any]) -> Iterator[tuple[Path | None, dict[str, Any]]]:
    """Every schema within a schema, with its path where `properties` alone lead to it, else None."""
    waiting: list[tuple[Path | None, Any]] = [((), schema)]
    while waiting:
        path, position = waiting.pop()
        if isinstance(position, dict):
            yield path, position
            waiting.extend(_below(path, position))


def _header_mistake(path: Path | None, position: dict[str, Any], taken: set[str]) -> str | None:
    name = position[HEADER_KEYWORD]
    if not path:
        return (
            f"{HEADER_KEYWORD} may stand only where `properties` alone lead to from the root: on a parameter, or a "
            "property of one, not within items, anyOf, if or the like, nor behind a $ref. Move it, or take it away"
        )
    where = f"{HEADER_KEYWORD} of {'.'.join(path)!r}"
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        return f"{where} must be a header name (letters, digits and hyphens), not {name!r}. Correct it, or take it away"
    if position.get("type") not in HEADER_TYPES:
        return f"{where} needs a plain string, integer or boolean: say so in its type, or take the header away"
    if position.get("writeOnly") is True or position.get("format") == "password":
        return f"{where} would show a secret to every proxy on the way. Take it away"
    if name.lower() in taken:
        return f"{where} uses the name {name!r} a second time (upper and lower case are the same). Give it another"
    taken.add(name.lower())
    return None


def find_header_mistake(schema: dict[str, Any]) -> str | None:
    """What is wrong with the `x-mcp-header` annotations of an input schema, or None."""
    taken: set[str] = set()
    for path, position in schema_positions(schema):
        if HEADER_KEYWORD in position and (mistake := _header_mistake(path, position, taken)):
            return mistake
    return None


def find_outside_reference(schema: dict[str, Any]) -> str | None:
    """A reference that leads out of the schema, or None. Nothing here ever fetches a schema."""
    for _, position in schema_positions(schema):
        for keyword in ("$ref", "$dynamicRef"):
            target = position.get(keyword, "#")
            if not isinstance(target, str) or not target.startswith("#"):
                return f"{keyword} {target!r} leads out of the schema; put the definition under $defs"
    return None


def find_schema_mistake(schema: dict[str, Any]) -> str | None:
    """Why a schema is no valid, self-contained JSON Schema 2020-12 of an object, or None."""
    try:
        jsonschema_rs.meta.validate(schema)
        if schema.get("type") != "object":
            return 'the schema of a tool must say "type": "object"'
        if mistake := find_outside_reference(schema):
            return mistake
        jsonschema_rs.validator_for(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return f"this is no valid JSON Schema 2020-12: {error}".splitlines()[0]
    return find_header_mistake(schema)
