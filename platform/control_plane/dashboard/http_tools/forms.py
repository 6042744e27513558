"""What is asked for an HTTP tool beside its tables."""

import json
from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from mcp_runtime.http_tools.rules import LARGEST_ANSWER, METHODS, MOST_PAGES, MOST_RETRIES

KIB: Final = 1024
MONO: Final = {"class": "mono"}
BODIES: Final = {"none": "No body", "json": "JSON", "form": "A form", "text": "Text"}
PAGES: Final = {
    "": "One answer is all",
    "link": "The header Link",
    "cursor": "A cursor in the answer",
    "page": "Counted",
}


def _text(label: str = "", **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=MONO) if options.pop("mono", False) else None
    return forms.CharField(label=label or None, required=options.pop("required", False), widget=widget, **options)


def _json(label: str, rows: int, help_text: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **MONO, "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=300_000, widget=widget, help_text=help_text)


def _number(label: str, least: int, most: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, help_text=help_text)


class HttpToolForm(PageForm):
    """One request, and what clients are told of it."""

    name = _text(required=True, max_length=64, mono=True, help_text="By which clients call it, such as get_issue.")
    title = _text(max_length=200, help_text="For people.")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A model chooses the tool by this.",
    )
    read_only = forms.BooleanField(label="It only reads", required=False)
    destructive = forms.BooleanField(label="It may destroy or overwrite", required=False)
    idempotent = forms.BooleanField(label="Doing it twice is no more than once", required=False)
    method = forms.ChoiceField(choices=[(method, method) for method in METHODS])
    url = _text(
        "URL",
        required=True,
        max_length=2_000,
        mono=True,
        help_text="https://, the host, and a path that may hold {placeholders}.",
    )
    body = forms.ChoiceField(choices=list(BODIES.items()))
    content_type = _text("Media type", max_length=200, mono=True, help_text="If it is another than usual.")
    schema = _json(
        "Arguments as JSON Schema", 6, "Empty: as the table of parameters says. It needs a property for each of them."
    )
    select = _text(
        "Take from the answer", max_length=2_000, mono=True, help_text="JMESPath, such as items[].{id: id, name: name}."
    )
    output_schema = _json("Result as JSON Schema", 4, "If you promise one: a result that does not fit is an error.")
    pagination_kind = forms.ChoiceField(label="Further pages", required=False, choices=list(PAGES.items()))
    pagination_items = _text(
        "List of a page", max_length=2_000, mono=True, help_text="JMESPath. Empty: the whole answer."
    )
    pagination_cursor = _text("Cursor", max_length=2_000, mono=True, help_text="JMESPath, for a cursor in the answer.")
    pagination_parameter = _text("Parameter", max_length=200, mono=True, help_text="Of the query, for the next page.")
    pagination_first = _number("First page", 0, 1_000_000, "1 unless you say otherwise.")
    pagination_most_pages = _number("At most", 1, MOST_PAGES, "Pages; 10 unless you say otherwise.")
    retries = _number("Send again", 0, MOST_RETRIES, "Times, where that is safe and may help.")
    idempotency_header = _text(
        "Idempotency header",
        max_length=128,
        mono=True,
        help_text="Carries the call's key, so that sending again is safe.",
    )
    largest_kib = _number("Largest answer", 1, LARGEST_ANSWER // KIB, "KiB; 1,024 unless you say otherwise.")
    background = forms.ChoiceField(
        label="Runs",
        required=False,
        choices=[("", "While the client waits"), ("background", "As a job on a worker")],
    )
    arguments = _json("Arguments to try it with", 4, "A JSON object. They are not kept.")

    def document(self, field: str) -> dict[str, Any] | None:
        """The JSON object in a field; None for nothing. Where it is none, the form says so."""
        text = self.cleaned_data.get(field, "")
        if not text.strip():
            return None
        try:
            found = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            self.add_error(field, f"This is no JSON: {error}.")
            return None
        if not isinstance(found, dict):
            self.add_error(field, "Write a JSON object, in braces.")
            return None
        return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
