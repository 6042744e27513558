"""A field of a Django form in the parts that <c-field> lays out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django import forms
from django.forms import BoundField, Widget
from django.utils.safestring import SafeString

KINDS: Final[Mapping[type[Widget], tuple[str, str]]] = {
    forms.CheckboxSelectMultiple: ("options", "checkbox"),
    forms.RadioSelect: ("options", "radio"),
    forms.CheckboxInput: ("check", "checkbox"),
    forms.PasswordInput: ("password", "input"),
    forms.Textarea: ("plain", "textarea"),
    forms.Select: ("plain", "select"),
    forms.FileInput: ("plain", "file-input"),
    forms.HiddenInput: ("hidden", ""),
    forms.Widget: ("plain", "input"),
}
"""How a widget is laid out, and the class of its control; the first that matches, so special ones come first."""

NATIVE: Final[Mapping[type[Widget], tuple[str, str]]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}
"""The browser's own pickers, and the form in which they take a value."""


@dataclass(frozen=True, slots=True)
class Control:
    """What is needed to lay a field out."""

    kind: str
    html: SafeString
    id: str
    label: str
    help: str
    errors: list[str]
    is_optional: bool

    @property
    def help_id(self) -> str:
        return f"{self.id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.id}_error"

    @property
    def described_by(self) -> str:
        """The ids of what describes the control."""
        return described_by(self.id, self.help, self.errors, {})


def control_of(field: BoundField, passed: dict[str, str], words: Mapping[str, str]) -> Control:
    """Render the control of a field; `passed` are attributes for it, `words` what stands in for its label and help."""
    kind, css_class = layout_of(field.field.widget)
    _use_native_picker(field.field.widget)
    errors, text = [str(error) for error in field.errors], str(words.get("help") or field.help_text)
    own = {**field.field.widget.attrs, **passed}
    own["class"] = f"{css_class} {own.get('class', '')}".strip()
    if kind == "options":
        field.field.widget.attrs = own  # each option takes its own from there
    elif ids := described_by(field.auto_id, text, errors, words):
        own["aria-describedby"] = ids
    return Control(
        kind=kind,
        html=field.as_widget(attrs=own),
        id=field.auto_id,
        label=str(words.get("label") or field.label),
        help=text,
        errors=errors,
        is_optional=not field.field.required and not field.field.disabled,
    )


def layout_of(widget: Widget) -> tuple[str, str]:
    """The kind of layout and the class of the control."""
    return next(layout for kind, layout in KINDS.items() if isinstance(widget, kind))


def described_by(identifier: str, text: str, errors: list[str], words: Mapping[str, str]) -> str:
    """The value of aria-describedby: prefix and suffix, help, errors, as far as they are there."""
    there = {"prefix": words.get("prefix"), "suffix": words.get("suffix"), "helptext": text, "error": errors}
    return " ".join(f"{identifier}_{name}" for name, value in there.items() if value)


def _use_native_picker(widget: Widget) -> None:
    for kind, (input_type, form) in NATIVE.items():
        if isinstance(widget, kind):
            vars(widget).update(input_type=input_type, format=form)
