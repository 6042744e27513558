"""The tables in the form of an HTTP tool: its parameters, and what every call sends."""

from typing import Any, ClassVar, Final

from django import forms
from django.forms import BaseFormSet, formset_factory

from mcp_runtime.contract.http_tools import HttpConstant, HttpParameter
from mcp_runtime.http_tools.rules import LOCATIONS, MOST_PARAMETERS

TYPES: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "object",
}
WHERE: Final = {
    "path": "path",
    "query": "query",
    "header": "header",
    "field": "body field",
    "body": "whole body",
}
CLASSES: Final[dict[type, str]] = {forms.Select: "select w-fit", forms.CheckboxInput: "checkbox"}
LONGEST_DESCRIPTION: Final = 2_000
MORE: Final = 3
"""How many empty rows stand below those that are filled."""
assert set(WHERE) == set(LOCATIONS)  # noqa: S101 - a place that nobody can choose would be lost when a tool is edited


class Row(forms.Form):
    """A row; an empty one is none."""

    use_required_attribute = False
    key: str
    sizes: ClassVar[dict[str, dict[str, int]]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        number = str(self.prefix).rpartition("-")[2]
        for name, field in self.fields.items():
            kind = CLASSES.get(type(field.widget), "input w-fit")
            place = f"{field.label}, row {int(number) + 1 if number.isdecimal() else ''}"
            field.widget.attrs |= {"class": kind, "aria-label": place, **self.sizes.get(name, {})}

    @property
    def is_used(self) -> bool:
        """Whether anything was written in it."""
        return bool(getattr(self, "cleaned_data", {}).get(self.key))


class ParameterRow(Row):
    """An argument of the tool, and where it goes."""

    key = "argument"
    sizes: ClassVar = {"argument": {"size": 12}, "name": {"size": 10}, "description": {"size": 26}}
    argument = forms.CharField(label="Argument", required=False, max_length=64)
    location = forms.ChoiceField(label="Goes into", required=False, choices=list(WHERE.items()), initial="query")
    name = forms.CharField(label="Name there", required=False, max_length=200)
    type = forms.ChoiceField(label="Type", required=False, choices=list(TYPES.items()), initial="string")
    required = forms.BooleanField(label="Required", required=False)
    description = forms.CharField(label="Description", required=False, max_length=LONGEST_DESCRIPTION)
    style = forms.CharField(label="Style", required=False, max_length=32, widget=forms.HiddenInput)
    explode = forms.CharField(label="Explode", required=False, max_length=5, widget=forms.HiddenInput)
    allow_slashes = forms.CharField(label="Slashes", required=False, max_length=5, widget=forms.HiddenInput)

    def parameter(self) -> HttpParameter:
        """What the row says. Of a row that is used."""
        said = self.cleaned_data
        return HttpParameter(
            argument=said["argument"],
            location=said["location"] or "query",
            name=said["name"],
            style=said["style"],
            explode={"true": True, "false": False}.get(said["explode"]),
            allow_slashes=said["allow_slashes"] == "true",
        )

    def schema(self) -> dict[str, Any]:
        """The argument's own schema, as far as a row can say it."""
        said = self.cleaned_data
        described = {"description": said["description"]} if said["description"] else {}
        return {"type": said["type"] or "string", **described}


class ConstantRow(Row):
    """What every call sends."""

    key = "name"
    sizes: ClassVar = {"name": {"size": 20}, "value": {"size": 50}}
    location = forms.ChoiceField(
        label="Goes into",
        required=False,
        choices=[("header", "header"), ("query", "query"), ("field", "body field")],
        initial="header",
    )
    name = forms.CharField(label="Name", required=False, max_length=200)
    value = forms.CharField(label="Value", required=False, max_length=8_000)

    def constant(self) -> HttpConstant:
        """What the row says. Of a row that is used."""
        said = self.cleaned_data
        return HttpConstant(location=said["location"] or "header", name=said["name"], value=said["value"])


_OPTIONS: Final[dict[str, Any]] = {"max_num": MOST_PARAMETERS, "absolute_max": MOST_PARAMETERS + 50}


def parameter_rows(data: Any, known: list[dict[str, Any]]) -> "BaseFormSet[ParameterRow]":
    """The table of parameters: as it was sent, else as it is known."""
    rows: BaseFormSet[ParameterRow] = _rows(ParameterRow, "parameters", data, known)
    return rows


def constant_rows(data: Any, known: list[dict[str, Any]]) -> "BaseFormSet[ConstantRow]":
    """The table of constants."""
    rows: BaseFormSet[ConstantRow] = _rows(ConstantRow, "constants", data, known)
    return rows


def _rows(kind: Any, prefix: str, data: Any, known: list[dict[str, Any]]) -> Any:
    # What was sent is taken as it is: a row that says what is known already would count as an empty one.
    return formset_factory(kind, extra=MORE, **_OPTIONS)(data, prefix=prefix, initial=known if data is None else None)


def with_more_rows(data: Any) -> Any:
    """What was sent, with further empty rows in both tables."""
    more = data.copy()
    for prefix in ("parameters", "constants"):
        total = more.get(f"{prefix}-TOTAL_FORMS", "")
        if total.isdecimal() and len(total) < 5:
            more[f"{prefix}-TOTAL_FORMS"] = str(min(int(total) + MORE, MOST_PARAMETERS))
    return more
