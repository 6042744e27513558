"""Tools that ask their client, as the suite has them ask in the middle of a call. Names and texts are the suite's
own."""

import json
from typing import Any, Final

from mcp_runtime.toolkits import Context, Elicited, TextContent, Toolkit, ToolResult

USER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}

DEFAULTS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    },
}

OPTIONS: Final = ["option1", "option2", "option3"]
CHOICES: Final = [
    {"const": "value1", "title": "First Option"},
    {"const": "value2", "title": "Second Option"},
    {"const": "value3", "title": "Third Option"},
]
ENUMS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": OPTIONS},
        "titledSingle": {"type": "string", "oneOf": CHOICES},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": OPTIONS}},
        "titledMulti": {"type": "array", "items": {"anyOf": CHOICES}},
    },
}


async def test_sampling(prompt: str, context: Context) -> ToolResult:
    """Have the client's model answer."""
    answer = await context.sample(prompt, max_tokens=100)
    return ToolResult([TextContent(f"LLM response: {answer.text}")])


async def test_elicitation(message: str, context: Context) -> ToolResult:
    """Ask for a name and an address."""
    return _said("User response", await context.elicit(message, USER))


async def test_elicitation_sep1034_defaults(context: Context) -> ToolResult:
    """Ask with a form that is filled in already."""
    return _said("Elicitation completed", await context.elicit("Please check what is filled in", DEFAULTS))


async def test_elicitation_sep1330_enums(context: Context) -> ToolResult:
    """Ask with every kind of choice."""
    return _said("Elicitation completed", await context.elicit("Please choose", ENUMS))


def _said(what: str, answer: Elicited[Any]) -> ToolResult:
    return ToolResult([TextContent(f"{what}: action={answer.action}, content={json.dumps(answer.value or {})}")])


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools; none is quick, for their questions travel on a stream."""
    declare = toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False)
    for function in (
        test_sampling,
        test_elicitation,
        test_elicitation_sep1034_defaults,
        test_elicitation_sep1330_enums,
    ):
        declare(function)
