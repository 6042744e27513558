"""What is asked for a tool of a server."""

from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.server_tools.rows import ToolRow
from control_plane.dashboard.servers.forms import check_rate, rate_of
from tenants.models import ServerTool
from tenants.services.server_tools import server_tool_update

RUNS: Final = {"inline": "While the client waits", "background": "As a job on a worker"}
CACHE_FIELDS: Final = ("cache_seconds", "cache_public")
"""Of tools that only read."""


class ToolForm(PageForm):
    """What a tenant may say of a tool instead of its toolkit."""

    name = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"class": "mono"}),
        help_text="By which clients call it. After a change, they see the new name with their next list.",
    )
    title = forms.CharField(required=False, max_length=200, help_text="For people.")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A model chooses the tool by this. Empty: as the toolkit says.",
    )
    mode = forms.ChoiceField(
        label="Runs",
        required=False,
        choices=[("", "As its toolkit says"), *RUNS.items()],
        help_text="A job reports its progress, can be cancelled, and goes on when the client's connection is lost.",
    )
    per_second = forms.FloatField(
        label="Calls a second", required=False, min_value=0.001, max_value=1_000_000, help_text="On average."
    )
    burst = forms.IntegerField(label="In one go", required=False, min_value=1, max_value=2_000_000)
    concurrency = forms.IntegerField(label="Running at once", required=False, min_value=1, max_value=10_000)
    timeout_seconds = forms.FloatField(label="Time limit", required=False, min_value=0.001)
    cache_seconds = forms.FloatField(
        label="Give an answer again for",
        required=False,
        min_value=0.001,
        help_text="In seconds, to the same caller with the same arguments. Empty: every call runs.",
    )
    cache_public = forms.BooleanField(
        label="To everybody",
        required=False,
        help_text="Only where the answer is the same for all who may call it.",
    )

    def __init__(self, *arguments: Any, row: ToolRow, **options: Any) -> None:
        super().__init__(*arguments, **options)
        definition = row.definition
        if not row.is_read_only:
            del self.fields["cache_seconds"], self.fields["cache_public"]
        if definition is None:
            return
        self.fields["title"].widget.attrs["placeholder"] = definition.title or ""
        self.fields["description"].widget.attrs["placeholder"] = definition.description
        usual = f"As its toolkit says: {RUNS[row.usual_mode].lower()}"
        self.fields["mode"].choices = [("", usual), *RUNS.items()]  # type: ignore[attr-defined]
        self.fields["timeout_seconds"].help_text = f"In seconds, at most {definition.timeout_seconds:g}."
        if definition.concurrency is not None:
            self.fields["concurrency"].help_text = f"At most {definition.concurrency}."

    @classmethod
    def of(cls, row: ToolRow) -> "ToolForm":
        """As the tool is now."""
        tool = row.tool
        same = ("name", "title", "description", "mode", "concurrency", "timeout_seconds", *CACHE_FIELDS)
        rate = {"per_second": tool.rate_per_second, "burst": tool.rate_burst}
        return cls(initial={name: getattr(tool, name) for name in same} | rate, row=row)

    def clean(self) -> dict[str, Any]:
        """A rate has both parts or none."""
        cleaned = super().clean() or {}
        check_rate(self)
        return cleaned

    def save(self, **which: Any) -> ServerTool | None:
        """The changed tool; None where the form says why not."""
        given = self.cleaned_data
        return self.ask(
            server_tool_update,
            **which,
            name=given["name"],
            title=given["title"],
            description=given["description"].replace("\r\n", "\n"),
            mode=given["mode"],
            concurrency=given["concurrency"],
            timeout_seconds=given["timeout_seconds"],
            rate=rate_of(given),
            **{name: given[name] for name in CACHE_FIELDS if name in given},
        )
