"""From what is written in the form to a definition, and back; a mistake in it goes to where it was written."""

import json
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseFormSet

from control_plane.dashboard.http_tools.forms import KIB, HttpToolForm
from control_plane.dashboard.http_tools.rows import (
    LONGEST_DESCRIPTION,
    ConstantRow,
    ParameterRow,
    constant_rows,
    parameter_rows,
)
from mcp_runtime.contract.http_tools import HttpPagination, HttpToolConfig, HttpToolDefinition
from mcp_runtime.contract.tools import ToolAnnotations
from tenants.errors import AbilityMissingError, ApplicationError, NotFoundError

OPEN_WORLD: Final = ToolAnnotations(open_world_hint=True)
_FIELDS: Final = {
    "input_schema": "schema",
    "pagination": "pagination_kind",
    "largest_answer": "largest_kib",
    "openapi": NON_FIELD_ERRORS,
}
_EXAMPLES: Final[dict[str, Any]] = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}


@dataclass
class Written:
    """The form with its tables. `definition` is None until all of it can be read; `hints` has what no field shows."""

    form: HttpToolForm
    parameters: "BaseFormSet[ParameterRow]"
    constants: "BaseFormSet[ConstantRow]"
    hints: ToolAnnotations = OPEN_WORLD
    definition: HttpToolDefinition | None = None

    @property
    def has_errors(self) -> bool:
        """Whether anything is said to be wrong."""
        return bool(self.form.errors) or any(row.errors for row in (*self.parameters, *self.constants))

    @property
    def background(self) -> bool:
        """Whether it is to run as a job."""
        return bool(self.form.cleaned_data["background"] == "background")

    def read(self) -> None:
        """Make the definition, as far as what was written can be read."""
        every = [self.form.is_valid(), self.parameters.is_valid(), self.constants.is_valid()]
        if not all(every):
            for errors in (self.parameters.non_form_errors(), self.constants.non_form_errors()):
                self.form.add_error(None, list(errors)) if errors else None
            return
        given, output = self.form.document("schema"), self.form.document("output_schema")
        if not self.form.errors:
            self.definition = _definition(
                self.form.cleaned_data, self._used(self.parameters), self._used(self.constants), self.hints
            )
            changes: dict[str, Any] = {"input_schema": given} if given is not None else {}
            self.definition = msgspec.structs.replace(self.definition, output_schema=output, **changes)

    def arguments(self) -> dict[str, Any]:
        """What it is to be tried with: as written, else an example for each property that is required."""
        found = self.form.document("arguments")
        if found is not None or self.definition is None:
            return found or {}
        return arguments_for(self.definition.input_schema)

    def refuse(self, error: ApplicationError) -> None:
        """Say it where it was written."""
        if isinstance(error, AbilityMissingError | NotFoundError):
            raise error
        path = str(error.extra.get("field", "")).removeprefix("request.")
        kind, _, rest = path.partition(".")
        rows = {"parameters": self.parameters, "constants": self.constants}.get(kind)
        if rows is not None and rest.split(".")[0].isdecimal():
            used = self._used(rows)
            used[min(int(rest.split(".")[0]), len(used) - 1)].add_error(None, error.message)
            self.form.add_error(None, f"{'Parameters' if kind == 'parameters' else 'Constants'}: {error.message}")
            return
        field = _FIELDS.get(path, path.replace(".", "_"))
        self.form.add_error(field if field in self.form.fields else None, error.message)

    @staticmethod
    def _used(rows: Any) -> list[Any]:
        return [row for row in rows if row.is_used]


def written_anew(data: Any) -> Written:
    """An empty form, or what was sent."""
    initial = {"method": "GET", "body": "none"}
    return Written(HttpToolForm(data, initial=initial), parameter_rows(data, []), constant_rows(data, []))


def written_before(data: Any, known: HttpToolDefinition, *, background: bool) -> Written:
    """A form with what the tool is, or what was sent."""
    request, schema = known.request, known.input_schema
    properties = schema.get("properties", {})
    rows = [
        {
            **{name: getattr(each, name) for name in ("argument", "location", "name", "style")},
            "explode": {True: "true", False: "false", None: ""}[each.explode],
            "allow_slashes": "true" if each.allow_slashes else "",
            "type": _type(properties.get(each.argument)),
            "required": each.argument in schema.get("required", ()),
            "description": _description(properties.get(each.argument)),
        }
        for each in request.parameters
    ]
    form = HttpToolForm(data, initial=_initial(known, background=background, derived=_schema_of(rows) == schema))
    constants = [msgspec.to_builtins(each) for each in request.constants]
    return Written(form, parameter_rows(data, rows), constant_rows(data, constants), known.annotations)


def arguments_for(schema: dict[str, Any]) -> dict[str, Any]:
    """An example for each required property."""
    properties = schema.get("properties", {})
    return {name: _example(properties.get(name)) for name in schema.get("required", ()) if isinstance(name, str)}


def _example(schema: Any) -> Any:
    found = schema if isinstance(schema, dict) else {}
    for word in ("default", "const"):
        if word in found:
            return found[word]
    for word in ("examples", "enum"):
        if isinstance(found.get(word), list) and found[word]:
            return found[word][0]
    return _EXAMPLES.get(str(found.get("type")), "text")


def _definition(
    said: dict[str, Any], parameters: list[ParameterRow], constants: list[ConstantRow], hints: ToolAnnotations
) -> HttpToolDefinition:
    schemas = [{**row.cleaned_data, "schema": row.schema()} for row in parameters]
    return HttpToolDefinition(
        name=said["name"],
        title=said["title"],
        description=said["description"].replace("\r\n", "\n"),
        input_schema=_object(
            {row["argument"]: row["schema"] for row in schemas}, [row["argument"] for row in schemas if row["required"]]
        ),
        annotations=msgspec.structs.replace(
            hints,
            read_only_hint=_hint(said["read_only"], hints.read_only_hint),
            destructive_hint=_hint(said["destructive"], hints.destructive_hint),
            idempotent_hint=_hint(said["idempotent"], hints.idempotent_hint),
        ),
        request=HttpToolConfig(
            method=said["method"],
            url=said["url"],
            parameters=tuple(row.parameter() for row in parameters),
            constants=tuple(row.constant() for row in constants),
            body=said["body"],
            content_type=said["content_type"],
            select=said["select"],
            pagination=_pagination(said),
            retries=said["retries"] or 0,
            idempotency_header=said["idempotency_header"],
            largest_answer=(said["largest_kib"] or KIB) * KIB,
        ),
    )


def _hint(said: bool, before: bool | None) -> bool | None:
    """What is not said stays as it was not said: as no, or not at all."""
    return True if said else None if before is True else before


def _pagination(said: dict[str, Any]) -> HttpPagination | None:
    if not said["pagination_kind"]:
        return None
    first, most = said["pagination_first"], said["pagination_most_pages"]
    return HttpPagination(
        kind=said["pagination_kind"],
        items=said["pagination_items"] or "@",
        cursor=said["pagination_cursor"],
        parameter=said["pagination_parameter"],
        first=1 if first is None else first,
        most_pages=most or 10,
    )


def _initial(known: HttpToolDefinition, *, background: bool, derived: bool) -> dict[str, Any]:
    request, hints, pages = known.request, known.annotations, known.request.pagination
    same = {name: getattr(request, name) for name in ("method", "url", "body", "content_type", "select", "retries")}
    paging = (
        {} if pages is None else {f"pagination_{name}": value for name, value in msgspec.structs.asdict(pages).items()}
    )
    return {
        **same,
        **paging,
        **{name: getattr(known, name) for name in ("name", "title", "description")},
        "read_only": hints.read_only_hint is True,
        "destructive": hints.destructive_hint is True,
        "idempotent": hints.idempotent_hint is True,
        "idempotency_header": request.idempotency_header,
        "largest_kib": -(-request.largest_answer // KIB),
        "schema": "" if derived else _pretty(known.input_schema),
        "output_schema": "" if known.output_schema is None else _pretty(known.output_schema),
        "background": "background" if background else "",
    }


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _schema_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the table would make of these rows."""
    properties = {
        row["argument"]: {"type": row["type"], **({"description": row["description"]} if row["description"] else {})}
        for row in rows
    }
    return _object(properties, [row["argument"] for row in rows if row["required"]])


def _type(schema: Any) -> str:
    said = schema.get("type") if isinstance(schema, dict) else None
    return said if isinstance(said, str) else "string"


def _description(schema: Any) -> str:
    said = schema.get("description") if isinstance(schema, dict) else None
    return said[:LONGEST_DESCRIPTION] if isinstance(said, str) else ""
