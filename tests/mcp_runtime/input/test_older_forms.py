"""Forms in the words of 2025-06-18."""

from typing import Any

import pytest

from mcp_runtime.input.older_forms import older_form
from mcp_runtime.toolkits import InputFailed


def form(**fields: Any) -> dict[str, Any]:
    """A form with these fields."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def test_titles_of_choices_stand_beside_them() -> None:
    choices = [{"const": "#F00", "title": "Red"}, {"const": "#0F0"}]
    older = older_form(form(color={"type": "string", "title": "Color", "oneOf": choices}))
    color = {"type": "string", "title": "Color", "enum": ["#F00", "#0F0"], "enumNames": ["Red", "#0F0"]}
    assert older == form(color=color)


def test_every_other_field_stays_as_it_is() -> None:
    same = form(name={"type": "string", "minLength": 2}, size={"type": "string", "enum": ["S", "L"]})
    assert older_form(same) == same


def test_lists_of_choices_can_not_be_asked_for() -> None:
    with pytest.raises(InputFailed, match="2025-11-25"):
        older_form(form(days={"type": "array", "items": {"type": "string", "enum": ["Monday"]}}))
