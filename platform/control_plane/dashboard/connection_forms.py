"""Choosing the tools of a client of one's own."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from control_plane.dashboard.forms import PageForm
from tenants.selectors.callable_tools import CallableTool

REACH: Final = (("all", "All tools"), ("chosen", "Chosen tools"))


class ToolsForm(PageForm):
    """All tools, now and later, or these."""

    reach = forms.ChoiceField(choices=REACH, widget=forms.RadioSelect)
    tools = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, data: Any, *, tools: Sequence[CallableTool], chosen: Sequence[str] | None, **options: Any
    ) -> None:
        every = [str(tool.id) for tool in tools]
        initial = {"reach": "all" if chosen is None else "chosen", "tools": every if chosen is None else chosen}
        super().__init__(data, initial=initial, **options)
        self.fields["tools"].choices = [(str(tool.id), tool.name) for tool in tools]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What belongs together."""
        cleaned = super().clean() or {}
        if cleaned.get("reach") == "chosen" and not cleaned.get("tools") and "tools" not in self.errors:
            self.add_error("tools", ValidationError("Choose at least one tool, or revoke the connection."))
        return cleaned

    def tool_ids(self) -> list[UUID] | None:
        """As services take them."""
        if self.cleaned_data["reach"] == "all":
            return None
        return [UUID(tool) for tool in self.cleaned_data["tools"]]

    def shown(self) -> set[str]:
        """The tools that are ticked."""
        return {str(value) for value in self["tools"].value() or ()}
