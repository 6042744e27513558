"""A JSON Schema (2020-12) in rows that people can read. Exactness is the raw schema's, which the page shows, too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

DEEPEST: Final = 4
LONGEST_CHOICE: Final = 8
RANGES: Final = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
)

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """One property: its path, its type and bounds in words."""

    path: str
    depth: int
    type: str
    is_required: bool
    description: str
    bounds: str


def schema_rows(schema: Schema) -> list[SchemaRow]:
    """The properties of an object, those inside of others after them; as deep as one reads."""
    return list(_rows(schema, schema, "", 0))


def _rows(schema: Schema, root: Schema, prefix: str, depth: int) -> Iterator[SchemaRow]:
    required = schema.get("required") or ()
    for name, written in (schema.get("properties") or {}).items():
        found = _resolved(written, root)
        path = f"{prefix}{name}"
        yield SchemaRow(
            path=path,
            depth=depth,
            type=_type(found, root),
            is_required=name in required,
            description=str(_said(written, found, "description")),
            bounds=_bounds({**found, **_mapping(written)}),
        )
        if depth < DEEPEST:
            inner, suffix = _inner(found, root)
            yield from _rows(inner, root, f"{path}{suffix}.", depth + 1)


def _mapping(schema: Any) -> Schema:
    """True and False are schemas, too, which say nothing that could be shown."""
    return schema if isinstance(schema, Mapping) else {}


def _resolved(schema: Any, root: Schema) -> Schema:
    """What a local reference stands for."""
    found = _mapping(schema)
    reference = found.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return found
    target: Any = root
    for part in reference[2:].split("/"):
        target = _mapping(target).get(part.replace("~1", "/").replace("~0", "~"))
    return _mapping(target)


def _said(written: Any, resolved: Schema, word: str) -> Any:
    return _mapping(written).get(word, resolved.get(word, ""))


def _inner(schema: Schema, root: Schema) -> tuple[Schema, str]:
    """The object that a property holds: itself, or one of a list."""
    if "properties" in schema:
        return schema, ""
    items = _resolved(schema.get("items"), root)
    return (items, "[]") if "properties" in items else ({}, "")


def _type(schema: Schema, root: Schema) -> str:
    kinds = [_type(_resolved(each, root), root) for word in ("anyOf", "oneOf") for each in schema.get(word) or ()]
    if kinds:
        return " or ".join(dict.fromkeys(kinds))
    said = schema.get("type")
    if isinstance(said, list):
        return " or ".join(map(str, said))
    if said == "array":
        return f"list of {_type(_resolved(schema.get('items'), root), root)}"
    return str(said or ("one of a few" if "enum" in schema or "const" in schema else "any value"))


def _bounds(schema: Schema) -> str:
    parts = []
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices:
        parts.append(", ".join(map(str, choices[:LONGEST_CHOICE])) + (", …" if len(choices) > LONGEST_CHOICE else ""))
    for least, most, unit in RANGES:
        if least in schema and most in schema:
            parts.append(f"{schema[least]:,} to {schema[most]:,}{unit}")
        elif most in schema:
            parts.append(f"at most {schema[most]:,}{unit}")
        elif least in schema:
            parts.append(f"at least {schema[least]:,}{unit}")
    if "default" in schema:
        parts.append(f"{schema['default']!r} if left out")
    return " · ".join(parts)
