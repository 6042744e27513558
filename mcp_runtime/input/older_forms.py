"""Forms in the words of 2025-06-18: of choices it has those of one string, whose titles stand beside them, and no lists
(its schema: `EnumSchema`)."""

from typing import Any, Final

from mcp_runtime.toolkits.asking import InputFailed

NO_LISTS: Final = (
    "This asks for a list of choices, which forms have from 2025-11-25 on, and your client speaks an older revision. "
    "Use one that speaks a newer one."
)


def older_form(schema: dict[str, Any]) -> dict[str, Any]:
    """The same form. Raises InputFailed where it can't be said."""
    return {**schema, "properties": {name: _older_field(field) for name, field in schema["properties"].items()}}


def _older_field(field: dict[str, Any]) -> dict[str, Any]:
    if field.get("type") == "array":
        raise InputFailed(NO_LISTS)
    choices = field.get("oneOf")
    if choices is None:
        return field
    kept = {name: value for name, value in field.items() if name != "oneOf"}
    values = [choice["const"] for choice in choices]
    return {**kept, "enum": values, "enumNames": [choice.get("title", choice["const"]) for choice in choices]}
