"""OpenAPI's schemas as JSON Schema 2020-12: those of 3.1 nearly are, those of 3.0 have words of their own."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tenants.openapi.errors import OperationRefused
from tenants.openapi.references import pointed_at

LONGEST_DESCRIPTION: Final = 500
LARGEST_SCHEMA: Final = 32 * 1024
"""In bytes, of one tool's arguments: what is more, a model can hardly read; the outer levels are kept."""
MOST_PARTS: Final = 20_000
"""Of one schema. One of more takes more than LARGEST_SCHEMA however it is written, so nobody reads on."""
DEEPEST: Final = 60
DEEPEST_LEVEL: Final = 12
TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})

_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS: Final = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_TEXTS: Final = ("format", "pattern", "title")
_ONE: Final = ("items", "not", "contains", "propertyNames", "if", "then", "else")
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")


class SchemaTooLarge(OperationRefused):
    """It has more than MOST_PARTS."""


class SchemaReader:
    """Reads the schemas of one document; each that is referred to is read once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._read: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}
        self._inner: dict[str, set[str]] = {}
        self._parts = 0

    def schema(self, node: Any) -> Any:
        """As JSON Schema, with references to `#/$defs/NAME`. Raises OperationRefused for one that leads nowhere, or is
        too large for any tool."""
        self._parts = 0
        return self._converted(node, 0)

    def levels(self, schema: Any) -> int:
        """How many levels of what it refers to may fit into LARGEST_SCHEMA. Raises OperationRefused."""
        front, known, size = references_in(schema), set[str](), 0
        for level in range(DEEPEST_LEVEL):
            for name in front:
                size += self._measured(name)
                if size > LARGEST_SCHEMA:
                    return level
            known |= front
            front = {name for each in front for name in self._inner[each]} - known
            if not front:
                return level + 1
        return DEEPEST_LEVEL

    def definitions(self, schema: Any, *, levels: int) -> tuple[Any, dict[str, Any]]:
        """The schema, and what it refers to up to so many levels away; what is further away is left open.

        Raises OperationRefused.
        """
        known: dict[str, Any] = {}
        front = references_in(schema)
        for _ in range(levels):
            for name in front:
                known[name] = self._definition(name)
            front = {name for each in front for name in references_in(known[each])} - set(known)
        stubs = {name: _outline(self._definition(name)) for name in front}
        return _with_stubs(schema, stubs), {name: _with_stubs(each, stubs) for name, each in known.items()}

    def _definition(self, name: str) -> Any:
        if name not in self._read:
            node = pointed_at(self._document, self._references[name])
            try:
                self._read[name] = self.schema(node)
            except SchemaTooLarge:
                self._read[name] = _outline(node)
        return self._read[name]

    def _measured(self, name: str) -> int:
        if name not in self._sizes:
            definition = self._definition(name)
            self._sizes[name] = len(msgspec.json.encode(definition))
            self._inner[name] = references_in(definition)
        return self._sizes[name]

    def _name_of(self, reference: Any) -> str:
        pointed_at(self._document, reference)
        if reference not in self._names:
            last = re.sub(r"[^A-Za-z0-9_.-]", "_", str(reference).rpartition("/")[2])[:80] or "schema"
            name = last
            while name in self._references:
                self._numbers[last] += 1
                name = f"{last}_{self._numbers[last] + 1}"
            self._names[reference], self._references[name] = name, reference
        return self._names[reference]

    def _converted(self, node: Any, depth: int) -> Any:
        if isinstance(node, bool):
            return node
        if not isinstance(node, dict) or depth > DEEPEST:
            return {}
        self._count(node)
        if "$ref" in node:
            return {"$ref": f"#/$defs/{self._name_of(node['$ref'])}", **_description(node)}
        found = {**_description(node), **_plain(node)}
        for keyword in _ONE:
            if isinstance(node.get(keyword), dict | bool):
                found[keyword] = self._converted(node[keyword], depth + 1)
        for keyword in _LISTS:
            if isinstance(node.get(keyword), list) and node[keyword]:
                found[keyword] = [self._converted(each, depth + 1) for each in node[keyword]]
        found |= self._of_object(node, depth)
        return _nullable(found) if node.get("nullable") is True else found

    def _count(self, node: dict[str, Any]) -> None:
        lists = (node.get(name) for name in ("enum", "required", "type"))
        self._parts += 1 + sum(len(each) for each in lists if isinstance(each, list))
        if self._parts > MOST_PARTS:
            raise SchemaTooLarge("Its arguments take more than 32 KiB to describe.")

    def _of_object(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        properties = node.get("properties")
        if isinstance(properties, dict):
            found["properties"] = {
                name: self._converted(each, depth + 1) for name, each in properties.items() if not is_only_read(each)
            }
        if isinstance(node.get("additionalProperties"), dict | bool):
            found["additionalProperties"] = self._converted(node["additionalProperties"], depth + 1)
        required = [name for name in _names(node.get("required")) if not is_only_read((properties or {}).get(name))]
        if required:
            found["required"] = required
        return found


def references_in(schema: Any) -> set[str]:
    """The names of the definitions that a converted schema refers to."""
    found, waiting = set[str](), [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                found.add(reference.removeprefix("#/$defs/"))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return found


def _with_stubs(schema: Any, stubs: Mapping[str, Any]) -> Any:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.removeprefix("#/$defs/") in stubs:
            said = {name: each for name, each in schema.items() if name == "description"}
            return {**stubs[reference.removeprefix("#/$defs/")], **said}
        return {name: _with_stubs(each, stubs) for name, each in schema.items()}
    return [_with_stubs(each, stubs) for each in schema] if isinstance(schema, list) else schema


def _outline(schema: Any) -> dict[str, Any]:
    """What is said of something whose details would be too much: its type and what it is."""
    return {name: schema[name] for name in ("type", "description") if isinstance(schema, dict) and name in schema}


def _description(node: dict[str, Any]) -> dict[str, Any]:
    text = node.get("description")
    return {"description": text[:LONGEST_DESCRIPTION]} if isinstance(text, str) and text else {}


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """The keywords without schemas in them, as far as they are what they should be."""
    found: dict[str, Any] = {}
    if types := _types(node.get("type")):
        found["type"] = types
    if isinstance(node.get("enum"), list) and node["enum"]:
        found["enum"] = _once(node["enum"])
    found |= {keyword: node[keyword] for keyword in ("const", "default") if keyword in node}
    found |= {keyword: node[keyword] for keyword in _TEXTS if isinstance(node.get(keyword), str)}
    if node.get("uniqueItems") is True:
        found["uniqueItems"] = True
    return found | _limits(node)


def _limits(node: dict[str, Any]) -> dict[str, Any]:
    found = {keyword: node[keyword] for keyword in _NUMBERS if _is_number(node.get(keyword))}
    counted = {keyword: node[keyword] for keyword in _COUNTS if _is_number(node.get(keyword))}
    found |= {keyword: int(count) for keyword, count in counted.items() if count >= 0}
    for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if node.get(word) is True and limit in found:  # 3.0: a word about the limit beside it
            found[word] = found.pop(limit)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _types(said: Any) -> Any:
    if isinstance(said, str):
        return said if said in TYPES else None
    return _once([each for each in said if each in TYPES]) if isinstance(said, list) else None


def _once(values: list[Any]) -> list[Any]:
    """Each value as often as JSON Schema allows. In one pass: a list may be as long as a document."""
    return list({msgspec.json.encode(each): each for each in reversed(values)}.values())[::-1]


def _names(said: Any) -> list[str]:
    return _once([each for each in said if isinstance(each, str)]) if isinstance(said, list) else []


def is_only_read(node: Any) -> bool:
    """Whether a property is never sent."""
    return isinstance(node, dict) and node.get("readOnly") is True


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if not isinstance(kind, str):
        return {"anyOf": [schema, {"type": "null"}]} if kind is None and len(schema) > 1 else schema
    values = {"enum": [*schema["enum"], None]} if "enum" in schema and None not in schema["enum"] else {}
    return {**schema, "type": [kind, "null"], **values}
