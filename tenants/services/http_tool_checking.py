"""What the definition of an HTTP tool must be before it is kept, or tried out. Nothing here connects anywhere."""

from typing import Any, Final

import msgspec

from mcp_runtime.contract.http_tools import HttpToolDefinition
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.rules import check_config
from mcp_runtime.schema_rules import find_schema_mistake
from tenants import validation
from tenants.errors import InvalidValueError
from tenants.services.secret_uses import secret_names_in

LARGEST_DEFINITION: Final = 256 * 1024
"""In bytes, as JSON."""


def http_definition_read(document: Any) -> HttpToolDefinition:
    """A definition that somebody sent as JSON. Raises InvalidValueError with the path of what is wrong in it."""
    try:
        return msgspec.convert(document, HttpToolDefinition)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        raise InvalidValueError(f"{text}.", field=path.strip("`.") or "definition") from error


def http_definition_checked(definition: HttpToolDefinition) -> HttpToolDefinition:
    """The definition as it may be kept: name, texts, schemas and request are as they must be.

    Raises InvalidValueError; its field is a path in the definition (`request.parameters.2`).
    """
    title = validation.name(definition.title, field="title") if definition.title.strip() else ""
    validation.tool_name(definition.name)
    validation.prose(definition.description, field="description")
    _check_schema("input_schema", definition.input_schema)
    if definition.output_schema is not None:
        _check_schema("output_schema", definition.output_schema)
    try:
        check_config(definition.request, definition.input_schema)
    except DefinitionMistake as mistake:
        raise InvalidValueError(str(mistake), field=mistake.field) from mistake
    checked = msgspec.structs.replace(definition, title=title)
    if len(msgspec.json.encode(checked)) > LARGEST_DEFINITION:
        words = f"The whole definition may have {LARGEST_DEFINITION // 1024} KiB as JSON."
        raise InvalidValueError(words, field="definition")
    return checked


def http_secret_names(definition: HttpToolDefinition) -> set[str]:
    """The names of the secrets that the request refers to. Raises InvalidValueError."""
    return secret_names_in((each.value for each in definition.request.constants), field="request.constants")


def _check_schema(field: str, schema: dict[str, Any]) -> None:
    if mistake := find_schema_mistake(schema):
        raise InvalidValueError(f"{mistake[:1].upper()}{mistake[1:]}.", field=field)
