"""<c-field> lays out every kind of field, and says its help and its mistakes with the control."""

from datetime import UTC, datetime

import pytest
from django import forms

from tests.control_plane.rendering import rendered

HOSTILE = '"><script>alert(1)</script>'
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Everything(forms.Form):
    """One of each kind."""

    name = forms.CharField(help_text="As people see it.", max_length=20)
    secret = forms.CharField(widget=forms.PasswordInput())
    notes = forms.CharField(widget=forms.Textarea(), required=False)
    role = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    several = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple(), required=False)
    one = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect())
    is_on = forms.BooleanField(required=False)
    day = forms.DateField()
    moment = forms.DateTimeField(widget=forms.DateTimeInput(), required=False)
    hidden = forms.CharField(widget=forms.HiddenInput(), required=False)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("name", ['class="input"', 'maxlength="20"', 'for="id_name"', "As people see it."]),
        ("secret", ['type="password"', 'data-reveal="id_secret"', 'aria-label="Show secret"']),
        ("notes", ["<textarea", 'class="textarea"', "optional"]),
        ("role", ["<select", 'class="select"', ">B</option>"]),
        ("several", ["<fieldset", 'type="checkbox"', 'class="checkbox"', "<legend"]),
        ("one", ["<fieldset", 'type="radio"', 'class="radio"']),
        ("is_on", ['type="checkbox"', 'class="checkbox"', "Is on"]),
        ("day", ['type="date"', 'value="2026-06-15"']),
        ("moment", ['type="datetime-local"', 'value="2026-06-15T12:00"']),
        ("hidden", ['type="hidden"']),
    ],
)
def test_a_field_of_every_kind(name: str, parts: list[str]) -> None:
    form = Everything(initial={"day": NOW.date(), "moment": NOW})
    shown = rendered('<c-field :field="field" />', field=form[name])
    assert [part for part in parts if part not in shown] == []


def test_mistakes_and_help_are_said_with_the_control() -> None:
    form = Everything({"name": "far too long for a name of a server"})
    form.is_valid()
    shown = rendered('<c-field :field="field" prefix="mcp/" />', field=form["name"])
    assert 'aria-describedby="id_name_prefix id_name_helptext id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    for part in ("prefix", "helptext", "error"):
        assert f'id="id_name_{part}"' in shown


def test_words_of_the_page_stand_in_for_the_forms() -> None:
    shown = rendered(
        '<c-field :field="field" label="Title" help="{{ help }}" placeholder="Desk" autofocus />',
        field=Everything()["name"],
        help=HOSTILE,
    )
    assert ">Title</label>" in shown
    assert "<script>" not in shown
    assert "autofocus" in shown
    assert 'placeholder="Desk"' in shown


def test_a_misspelt_field_is_noticed() -> None:
    with pytest.raises(TypeError, match="needs a field of a form"):
        rendered('<c-field :field="form.nmae" />', form=Everything())
