"""The arguments of a tool: an operation's parameters and the fields of its body, under names of one kind."""

from dataclasses import dataclass, field
from typing import Any, Final

from mcp_runtime.contract.http_tools import HttpParameter
from mcp_runtime.http_tools.rules import MOST_PARAMETERS, NOT_SETTABLE
from tenants.openapi.errors import OperationRefused
from tenants.openapi.naming import argument_name
from tenants.openapi.references import followed
from tenants.openapi.schemas import SchemaReader, is_only_read

_IGNORED_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
"""OpenAPI 3.1 "Parameter Object": such a parameter is ignored."""
_STYLES: Final = {
    "path": ("simple",),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
}
_BODIES: Final = ("json", "form", "text")
_MOST_PARTS: Final = 20
_MOST_FIELDS: Final = 2_000
"""Those that are only read among them."""


@dataclass(slots=True)
class Arguments:
    """What has been gathered so far. `placeholders` are the path's names, by what the document calls them."""

    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    parameters: list[HttpParameter] = field(default_factory=list)
    placeholders: dict[str, str] = field(default_factory=dict)
    body: str = "none"
    content_type: str = ""

    def add(
        self, schema: Any, name: str, location: str, *, required: bool, style: str = "", explode: bool | None = None
    ) -> str:
        """One more argument; the name that it got. Raises OperationRefused for one too many."""
        if len(self.parameters) >= MOST_PARAMETERS:
            raise OperationRefused(f"It takes more than {MOST_PARAMETERS} parameters.")
        argument = argument_name(name, location, self.properties)
        self.properties[argument] = schema
        if required:
            self.required.append(argument)
        known = "" if location == "path" or argument == name else name
        self.parameters.append(
            HttpParameter(argument=argument, location=location, name=known, style=style, explode=explode)
        )
        return argument


def arguments_of(
    document: dict[str, Any],
    reader: SchemaReader,
    path_item: dict[str, Any],
    operation: dict[str, Any],
    *,
    has_body: bool,
) -> Arguments:
    """Gather them; of a method that has no body, whatever the document says, without one. Raises OperationRefused where
    something that is required can't be sent."""
    arguments = Arguments()
    for parameter in _parameters(document, path_item, operation):
        _take(arguments, reader, parameter)
    if "requestBody" in operation and has_body:
        _take_body(arguments, document, reader, followed(document, operation["requestBody"]))
    return arguments


def _parameters(document: dict[str, Any], path_item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the path and of the operation; the latter go before the former (by name and place)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for holder in (path_item, operation):
        given = holder.get("parameters")
        for each in given if isinstance(given, list) else []:
            parameter = followed(document, each)
            found[str(parameter.get("name")), str(parameter.get("in"))] = parameter
    return list(found.values())


def _take(arguments: Arguments, reader: SchemaReader, parameter: dict[str, Any]) -> None:
    name, location = str(parameter.get("name") or ""), str(parameter.get("in"))
    if location == "header" and name.lower() in (_IGNORED_HEADERS | NOT_SETTABLE):
        return
    required = parameter.get("required") is True or location == "path"
    style = str(parameter.get("style") or "")
    problem = _problem(parameter, name, location, style)
    if problem and required:
        raise OperationRefused(problem)
    if problem:
        return
    schema = _described(reader.schema(parameter.get("schema", {})), parameter)
    explode = parameter.get("explode") if isinstance(parameter.get("explode"), bool) else None
    argument = arguments.add(schema, name, location, required=required, style=style, explode=explode)
    if location == "path":
        arguments.placeholders[name] = argument


def _problem(parameter: dict[str, Any], name: str, location: str, style: str) -> str:
    if location not in _STYLES or not name:
        return f"Its parameter {name!r} goes into a {location}, which is not sent."
    if style and style not in _STYLES[location]:
        return f"Its parameter {name!r} has the style {style!r}, which is not written."
    return f"Its parameter {name!r} is a document of its own (content)." if "content" in parameter else ""


def _described(schema: Any, parameter: dict[str, Any]) -> Any:
    text = parameter.get("description")
    if isinstance(schema, dict) and isinstance(text, str) and text and "description" not in schema:
        return {**schema, "description": text[:500]}
    return schema


def _take_body(arguments: Arguments, document: dict[str, Any], reader: SchemaReader, body: dict[str, Any]) -> None:
    content = body.get("content")
    found = _chosen(content if isinstance(content, dict) else {})
    if found is None:
        if body.get("required") is True:
            raise OperationRefused("Its body is of a kind that is not sent; JSON, forms and text are.")
        return
    arguments.body, media_type, media = found
    plain = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain"}
    arguments.content_type = "" if media_type in (plain[arguments.body], "*/*") else media_type
    schema = media.get("schema", {})
    required = body.get("required") is True
    fields = None if arguments.body == "text" else _fields(document, schema)
    if fields is None:
        said = _described(reader.schema(schema), body)
        arguments.add(said, "body", "body", required=required)
        return
    encoding = media.get("encoding")
    for name, (node, is_required) in fields.items():
        style, explode = _style_of(encoding, name) if arguments.body == "form" else ("", None)
        arguments.add(
            reader.schema(node), name, "field", required=required and is_required, style=style, explode=explode
        )


def _style_of(encoding: Any, name: str) -> tuple[str, bool | None]:
    said = encoding.get(name) if isinstance(encoding, dict) else None
    style = str(said.get("style") or "") if isinstance(said, dict) else ""
    explode = said.get("explode") if isinstance(said, dict) else None
    return (style if style in _STYLES["query"] else ""), (explode if isinstance(explode, bool) else None)


def _chosen(content: dict[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
    """JSON before forms before text, and the document's first of each."""
    ranked = [(_kind(name), name, media) for name, media in content.items() if isinstance(media, dict)]
    fitting = [each for each in ranked if each[0]]
    return min(fitting, key=lambda each: _BODIES.index(each[0])) if fitting else None


def _kind(media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    if plain in ("application/json", "*/*") or plain.endswith("+json"):
        return "json"
    if plain == "application/x-www-form-urlencoded":
        return "form"
    return "text" if plain.startswith("text/") or plain.endswith(("/xml", "+xml", "/yaml")) else ""


def _fields(document: dict[str, Any], schema: Any) -> dict[str, tuple[Any, bool]] | None:
    """The fields of a body that is an object and nothing else, each with whether it is required; else None."""
    found: dict[str, Any] = {}
    required: set[str] = set()
    waiting, seen = [schema], 0
    while waiting:
        node, seen = followed(document, waiting.pop(0)), seen + 1
        if seen > _MOST_PARTS or {"oneOf", "anyOf", "not", "if"} & set(node) or node.get("nullable") is True:
            return None
        if node.get("type", "object") != "object" or isinstance(node.get("additionalProperties"), dict):
            return None
        waiting += [each for each in node.get("allOf", []) if isinstance(each, dict)]
        found |= node["properties"] if isinstance(node.get("properties"), dict) else {}
        if len(found) > _MOST_FIELDS:
            raise OperationRefused(f"It takes more than {MOST_PARAMETERS} parameters.")
        required |= {each for each in node.get("required") or [] if isinstance(each, str)}
    sent = {name: (node, name in required) for name, node in found.items() if not is_only_read(node)}
    return sent or None
