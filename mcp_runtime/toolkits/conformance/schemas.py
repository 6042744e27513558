"""Tools whose input schemas use what the suite looks for: the 2020-12 vocabulary and mirrored headers."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from mcp_runtime.toolkits import TextContent, Toolkit, ToolResult

INPUT_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


class Address(Struct, frozen=True, omit_defaults=True):
    """Where somebody lives."""

    street: str | None = None
    city: str | None = None


async def json_schema_2020_12_tool(
    name: str | None = None,
    address: Address | None = None,
    contactMethod: str | None = None,  # noqa: N803 - the suite's spelling
    phone: str | None = None,
    email: str | None = None,
) -> ToolResult:
    """Take arguments described by composition, conditional and reference keywords of JSON Schema 2020-12."""
    given = {"name": name, "address": address, "contactMethod": contactMethod, "phone": phone, "email": email}
    present = msgspec.json.encode({key: value for key, value in given.items() if value is not None}).decode()
    return ToolResult([TextContent(f"JSON Schema 2020-12 tool called with: {present}")])


Region = Annotated[
    str, Meta(description="Mirrored in the header Mcp-Param-Region.", extra_json_schema={"x-mcp-header": "Region"})
]


async def test_x_mcp_header(region: Region) -> str:
    """Return the region, which the client also sends as the header Mcp-Param-Region."""
    return region


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools."""
    toolkit.tool(
        read_only=True, destructive=False, idempotent=True, open_world=False, quick=True, input_schema=INPUT_SCHEMA
    )(json_schema_2020_12_tool)
    toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)(test_x_mcp_header)
