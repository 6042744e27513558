"""From a Python type to the schema of a form: the subset of JSON Schema that clients make forms of.

MCP 2026-07-28 client/elicitation, Requested Schema: a flat object of strings, numbers, booleans and choices.
"""

from typing import Any, Final

from mcp_runtime.toolkits.question_rules import check_form
from mcp_runtime.toolkits.schemas import schema_of

_PLAIN: Final = ("string", "number", "integer", "boolean")
FORMATS: Final = ("email", "uri", "date", "date-time")


def requested_schema(form: type[Any]) -> dict[str, Any]:
    """The schema of a dataclass, TypedDict or msgspec.Struct. Raises TypeError on a field that forms
    don't have, or must not have."""
    schema = schema_of(form)
    if schema.get("type") != "object" or "properties" not in schema:
        raise TypeError(f"{form!r} is no form: use a dataclass, a TypedDict or a msgspec.Struct")
    definitions = schema.pop("$defs", {})
    properties = {name: _field(form, name, field, definitions) for name, field in schema["properties"].items()}
    kept: dict[str, Any] = {"type": "object", "properties": properties}
    check_form(kept)
    return {**kept, "required": schema["required"]} if schema.get("required") else kept


def _field(form: type[Any], name: str, field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    field = _resolved(field, definitions)
    if choices := [_resolved(each, definitions) for each in field.get("anyOf", ())]:
        plain = [each for each in choices if each.get("type") != "null"]
        if len(plain) != 1:
            raise TypeError(f"{form.__name__}.{name} is one of several types; a field of a form has one")
        field = {**{key: value for key, value in field.items() if key != "anyOf"}, **plain[0]}
    if field.get("default", 0) is None:
        field = {key: value for key, value in field.items() if key != "default"}
    if "enum" in field and all(type(value) is str for value in field["enum"]):
        return {"type": "string", **field}
    if field.get("type") in _PLAIN and field.get("format", FORMATS[0]) in FORMATS:
        return field
    if field.get("type") == "array" and "enum" in (items := _resolved(field.get("items", {}), definitions)):
        return {**field, "items": {"type": "string", **items}}
    raise TypeError(
        f"{form.__name__}.{name} can't be asked for in a form: use str, int, float, bool, a date, a Literal or Enum of "
        "strings, or a list of such choices"
    )


def _resolved(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    reference = field.get("$ref")
    if reference is None:
        return dict(field)
    others = {key: value for key, value in field.items() if key != "$ref"}
    return {**definitions[reference.rpartition("/")[2]], **others}
