"""Whether a definition of an upstream can be served at all, whoever approves it (MCP 2026-07-28 server/tools,
server/resources, server/prompts)."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from mcp_runtime.protocol.uris import UriTemplate, UriTemplateError, is_uri
from mcp_runtime.schema_rules import find_header_mistake, find_schema_mistake
from tenants.models.upstream import DefinitionKind
from tenants.upstreams.visible_text import shown

LARGEST: Final = 256 * 1024
"""How many characters a definition may have as JSON in ASCII."""
DEEPEST: Final = 64
LONGEST_KEY: Final = 500
LONGEST_PROBLEM: Final = 500

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_DIALECTS: Final = frozenset(
    f"{scheme}://json-schema.org/{name}{end}"
    for scheme in ("http", "https")
    for name in ("draft/2020-12/schema", "draft/2019-09/schema", "draft-07/schema")
    for end in ("", "#")
)
_KEYS: Final = {
    DefinitionKind.TOOL: "name",
    DefinitionKind.RESOURCE: "uri",
    DefinitionKind.TEMPLATE: "uriTemplate",
    DefinitionKind.PROMPT: "name",
}


def definition_key(kind: DefinitionKind, definition: Any) -> str | None:
    """What the upstream knows it by; None where it has no name that could be kept and shown."""
    key = definition.get(_KEYS[kind]) if isinstance(definition, dict) else None
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        return None
    return key


def definition_text(definition: Mapping[str, Any]) -> str:
    """The definition as JSON in ASCII, with its members in order. Raises ValueError where it is too large or too deep,
    or holds what JSON has no word for."""
    if _is_deeper(definition, DEEPEST):
        raise ValueError(f"It is nested more than {DEEPEST} deep.")
    try:
        text = json.dumps(definition, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError("It holds what JSON has no word for.") from error
    if len(text) > LARGEST:
        raise ValueError(f"It has more than {LARGEST} characters.")
    return text


def definition_problem(kind: DefinitionKind, definition: Mapping[str, Any]) -> str:
    """Why it can't be served, or nothing. Its text is for people and may quote the definition, with
    what nobody would see in it made visible."""
    texts = [field for field in ("title", "description") if not isinstance(definition.get(field, ""), str | None)]
    if texts:
        return f"Its {texts[0]} is no text."
    return shown(_RULES[kind](definition) or "")[:LONGEST_PROBLEM]


def _tool(definition: Mapping[str, Any]) -> str | None:
    if not _NAME.fullmatch(definition["name"]):
        return "A tool's name has 1 to 128 letters, digits, underscores, dots and hyphens."
    if not isinstance(definition.get("annotations", {}), dict | None):
        return "Its annotations are no object."
    mistake = _schema_mistake(definition.get("inputSchema"), "inputSchema")
    if mistake is None and definition.get("outputSchema") is not None:
        mistake = _schema_mistake(definition["outputSchema"], "outputSchema")
    return mistake


def _schema_mistake(schema: Any, field: str) -> str | None:
    if not isinstance(schema, dict):
        return f"Its {field} is no JSON Schema."
    if schema.get("$schema", "https://json-schema.org/draft/2020-12/schema") not in _DIALECTS:
        return f"Its {field} names a dialect of JSON Schema that is not known here."
    mistake = find_schema_mistake(schema)
    if mistake is None and field == "inputSchema":
        mistake = find_header_mistake(schema)
    return None if mistake is None else f"{field}: {mistake}"


def _resource(definition: Mapping[str, Any]) -> str | None:
    return None if is_uri(definition["uri"]) else "This is no absolute URI."


def _template(definition: Mapping[str, Any]) -> str | None:
    try:
        UriTemplate(definition["uriTemplate"])
    except UriTemplateError as error:
        return f"This template can't be matched: {error}."
    return None


def _prompt(definition: Mapping[str, Any]) -> str | None:
    if not _NAME.fullmatch(definition["name"]):
        return "A prompt's name has 1 to 128 letters, digits, underscores, dots and hyphens."
    arguments = definition.get("arguments") or []
    if not isinstance(arguments, list) or not all(map(_is_argument, arguments)):
        return "Its arguments are no list of objects with a name each."
    return None


def _is_argument(argument: Any) -> bool:
    if not isinstance(argument, dict) or not isinstance(argument.get("name"), str):
        return False
    return all(isinstance(argument.get(field, ""), str | None) for field in ("title", "description"))


def _is_deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most + 1):
        level = [child for part in level if isinstance(part, dict | list) for child in _children(part)]
        if not level:
            return False
    return True


def _children(part: Any) -> list[Any]:
    return list(part.values()) if isinstance(part, dict) else part


_RULES: Final[Mapping[DefinitionKind, Callable[[Mapping[str, Any]], str | None]]] = {
    DefinitionKind.TOOL: _tool,
    DefinitionKind.RESOURCE: _resource,
    DefinitionKind.TEMPLATE: _template,
    DefinitionKind.PROMPT: _prompt,
}
