"""/api/docs: the API for people to read, rendered here from the schema, without scripts and foreign hosts."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from control_plane.api.schema import document

REFERENCE: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body or of an answer, or one parameter of a query."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Documented:
    """One operation."""

    tag: str
    method: str
    path: str
    description: str
    query: list[Field]
    body: list[Field]
    status: str
    answer: list[Field]


@require_safe
def schema_page(request: HttpRequest) -> HttpResponse:
    """Every operation with its fields, by resource."""
    operations = sorted(_operations(document()), key=lambda operation: operation.tag)
    groups = {tag: list(group) for tag, group in groupby(operations, key=lambda operation: operation.tag)}
    return render(request, "api/docs.html", {"info": document()["info"], "groups": groups})


def _operations(schema: dict[str, Any]) -> list[Documented]:
    return [
        _operation(schema, method.upper(), path, described)
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]


def _operation(schema: dict[str, Any], method: str, path: str, described: dict[str, Any]) -> Documented:
    status, answer = next(iter(described["responses"].items()))
    return Documented(
        tag=described["tags"][0],
        method=method,
        path=path,
        description=described.get("description", ""),
        query=[
            Field(each["name"], _kind(each["schema"]), bool(each.get("required")), each.get("description", ""))
            for each in described.get("parameters", [])
            if each["in"] == "query"
        ],
        body=_fields(schema, described.get("requestBody", {})),
        status=status,
        answer=_fields(schema, answer),
    )


def _fields(schema: dict[str, Any], holder: dict[str, Any]) -> list[Field]:
    content = holder.get("content", {}).get("application/json", {}).get("schema", {})
    found = schema["components"]["schemas"].get(content.get("$ref", "").removeprefix(REFERENCE), content)
    required = found.get("required", [])
    return [
        Field(name, _kind(described), name in required, described.get("description", ""))
        for name, described in found.get("properties", {}).items()
    ]


def _kind(described: dict[str, Any]) -> str:
    if "$ref" in described:
        return str(described["$ref"]).removeprefix(REFERENCE)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in described:
            return " or ".join(_kind(each) for each in described[several])
    kinds = described.get("type", "any")
    words = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "enum" in described:
        return ", ".join(str(value) for value in described["enum"])
    return f"{words} of {_kind(described['items'])}" if "items" in described else described.get("format", words)
