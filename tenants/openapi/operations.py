"""The operations of a document, and the tool that each of them makes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec

from mcp_runtime.contract.http_tools import HttpToolConfig, HttpToolDefinition
from mcp_runtime.contract.tools import ToolAnnotations
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.rules import WITHOUT_BODY, check_config
from mcp_runtime.schema_rules import find_schema_mistake
from tenants.openapi.addresses import base_url_for
from tenants.openapi.arguments import Arguments, arguments_of
from tenants.openapi.credentials import NeededSecret, Scheme, credentials_of, schemes_of
from tenants.openapi.errors import OperationRefused
from tenants.openapi.naming import tool_name
from tenants.openapi.references import followed
from tenants.openapi.schemas import LARGEST_SCHEMA, SchemaReader

METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
LONGEST_DESCRIPTION: Final = 1_024
LONGEST_KEY: Final = 500
LONGEST_SUMMARY: Final = 500
LONGEST_TAG: Final = 100
MOST_TAGS: Final = 20
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_ANNOTATIONS: Final = {
    "get": ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True),
    "head": ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True),
    "put": ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True),
    "delete": ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True),
}
"""By RFC 9110, 9.2. What POST and PATCH do, nobody knows, so they count as destructive, the specification's default."""


@dataclass(frozen=True, slots=True)
class _Operation:
    path: str
    method: str
    path_item: dict[str, Any]
    said: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class Outline:
    """One operation as a list shows it. `key` is method and path, which nothing else of the document has."""

    key: str
    name: str
    summary: str
    tags: tuple[str, ...]
    is_deprecated: bool


@dataclass(frozen=True, slots=True)
class ImportedTool:
    """The tool that an operation makes, and the secrets that it needs."""

    key: str
    definition: HttpToolDefinition
    secrets: tuple[NeededSecret, ...]


class OpenApiImport:
    """One document. `base_url` is what a person has chosen in place of its servers, `secret_names` the secrets that
    meet its security schemes, by scheme; `document_url` is where it came from."""

    def __init__(
        self,
        document: dict[str, Any],
        *,
        base_url: str = "",
        document_url: str = "",
        secret_names: Mapping[str, str] | None = None,
    ) -> None:
        self._document = document
        self._base_url = base_url
        self._document_url = document_url
        self._secret_names = secret_names or {}
        self._reader = SchemaReader(document)
        self._found = {each.key: each for each in self._operations()}
        self._names: dict[str, str] = {}
        taken = set[str]()
        for key, each in self._found.items():
            self._names[key] = tool_name(str(each.said.get("operationId") or ""), each.method, each.path, taken)
            taken.add(self._names[key])

    def outlines(self) -> list[Outline]:
        """All operations, in the document's order."""
        return [self._outline(key) for key in self._found]

    def outline(self, key: str) -> Outline:
        """One of them. Raises KeyError for one that is not in the document."""
        return self._outline(key)

    def schemes(self) -> list[Scheme]:
        """How the API wants to be signed in to."""
        return schemes_of(self._document, self._secret_names)

    def tool(self, key: str) -> ImportedTool:
        """The tool of one operation. Raises OperationRefused, and KeyError for one that is not in the document."""
        found = self._found[key]
        if len(key) > LONGEST_KEY:
            raise OperationRefused(f"Method and path have more than {LONGEST_KEY} characters.")
        path_item, operation = found.path_item, found.said
        arguments = arguments_of(
            self._document, self._reader, path_item, operation, has_body=found.method.upper() not in WITHOUT_BODY
        )
        credentials = credentials_of(self._document, operation, self._secret_names)
        base = base_url_for(
            self._document, path_item, operation, chosen=self._base_url, document_url=self._document_url
        )
        config = HttpToolConfig(
            method=found.method.upper(),
            url=f"{base}{_path(found.path, arguments)}",
            parameters=tuple(arguments.parameters),
            constants=credentials.constants,
            body=arguments.body,
            content_type=arguments.content_type,
        )
        schema = self._schema(arguments)
        try:
            check_config(config, schema)
        except DefinitionMistake as mistake:
            raise OperationRefused(f"{mistake} ({mistake.field})") from mistake
        outline = self._outline(key)
        definition = HttpToolDefinition(
            name=outline.name,
            title=outline.summary[:200].strip(),
            description=_description(operation),
            input_schema=schema,
            annotations=_ANNOTATIONS.get(found.method, ToolAnnotations(open_world_hint=True)),
            request=config,
        )
        return ImportedTool(key, definition, credentials.secrets)

    def _operations(self) -> Iterator[_Operation]:
        for path, item in (self._document.get("paths") or {}).items():
            try:
                path_item = followed(self._document, item)
            except OperationRefused:
                continue
            for method in METHODS:
                operation = path_item.get(method)
                if isinstance(operation, dict):
                    yield _Operation(path, method, path_item, operation)

    def _outline(self, key: str) -> Outline:
        operation = self._found[key].said
        tags = operation.get("tags")
        summary = operation.get("summary")
        return Outline(
            key=key,
            name=self._names[key],
            summary=_CONTROL.sub(" ", summary[:LONGEST_SUMMARY]).strip() if isinstance(summary, str) else "",
            tags=tuple(str(each)[:LONGEST_TAG] for each in tags[:MOST_TAGS]) if isinstance(tags, list) else (),
            is_deprecated=operation.get("deprecated") is True,
        )

    def _schema(self, arguments: Arguments) -> dict[str, Any]:
        """The input schema with what it refers to, as many levels deep as fit. Raises OperationRefused."""
        plain: dict[str, Any] = {"type": "object", "properties": arguments.properties}
        if arguments.required:
            plain["required"] = arguments.required
        for levels in range(self._reader.levels(plain), -1, -1):
            known, definitions = self._reader.definitions(plain, levels=levels)
            schema = {**known, "$defs": definitions} if definitions else known
            if len(msgspec.json.encode(schema)) <= LARGEST_SCHEMA:
                return _sound(schema)
        raise OperationRefused("Its arguments take more than 32 KiB to describe.")


def _sound(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema; without its patterns where one of them can't be read. Raises OperationRefused."""
    mistake = find_schema_mistake(schema)
    if mistake is None:
        return schema
    plain: dict[str, Any] = _without_patterns(schema)
    if find_schema_mistake(plain) is None:
        return plain
    raise OperationRefused(f"Its arguments have no valid schema: {mistake}")


def _without_patterns(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            name: _without_patterns(each)
            for name, each in node.items()
            if not (name == "pattern" and isinstance(each, str))
        }
    return [_without_patterns(each) for each in node] if isinstance(node, list) else node


def _path(path: str, arguments: Arguments) -> str:
    """The path with the arguments' names as placeholders, and everything else as a URL has it."""
    pieces = _PLACEHOLDER.split(path if path.startswith("/") else f"/{path}")
    for name in pieces[1::2]:
        if name not in arguments.placeholders:
            raise OperationRefused(f"Its path has {{{name}}}, and no parameter fills it.")
    used = set(pieces[1::2])
    for name, argument in arguments.placeholders.items():
        if name not in used:
            _forget(arguments, argument)
    made = [
        f"{{{arguments.placeholders[piece]}}}" if number % 2 else quote(piece, safe="/:@!$&'()*+,;=~%?")
        for number, piece in enumerate(pieces)
    ]
    return "".join(made)


def _forget(arguments: Arguments, argument: str) -> None:
    """A parameter of a path that has no place for it."""
    del arguments.properties[argument]
    arguments.required = [each for each in arguments.required if each != argument]
    arguments.parameters = [each for each in arguments.parameters if each.argument != argument]


def _description(operation: dict[str, Any]) -> str:
    said = [operation.get("summary"), operation.get("description")]
    text = "\n\n".join(each.strip() for each in said if isinstance(each, str) and each.strip())
    text = f"Deprecated. {text}" if operation.get("deprecated") is True else text
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1].rstrip()}…"
