"""What is asked for an upstream."""

from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm

AUTH: Final = (
    ("none", "Nothing"),
    ("headers", "Headers, with secrets in them"),
    ("oauth", "OAuth: one account for everybody here"),
    ("oauth_user", "OAuth: each person with an account of their own"),
)
ERAS: Final = (("auto", "Found out by itself"), ("modern", "2026-07-28"), ("legacy", "2025-11-25 and before"))
HEADERS_HELP: Final = (
    "One a line, as Name: value. A credential is a reference to a secret: Authorization: Bearer {{secret.NAME}}."
)


class HeaderLines(forms.CharField):
    """Headers, one a line."""

    def __init__(self) -> None:
        lines = forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"})
        super().__init__(widget=lines, required=False, max_length=20_000, help_text=HEADERS_HELP)

    def clean(self, value: Any) -> list[tuple[str, str]]:
        """Pairs of name and value."""
        text = str(super().clean(value))
        return [self._pair(line) for line in text.splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Pairs as lines; what was sent, as it was."""
        return value if isinstance(value, str | None) else "\n".join(f"{name}: {given}" for name, given in value)

    @staticmethod
    def _pair(line: str) -> tuple[str, str]:
        name, colon, given = line.partition(":")
        if not colon:
            raise forms.ValidationError("Write each header as Name: value.")
        return name.strip(), given.strip()


class UpstreamForm(PageForm):
    """How one is reached."""

    name = forms.CharField(max_length=200, help_text="As people call it.")
    url = forms.CharField(
        label="URL",
        max_length=2_048,
        widget=forms.URLInput(attrs={"class": "mono", "placeholder": "https://mcp.example.com/mcp"}),
        help_text="Its MCP endpoint, over https.",
    )
    auth = forms.ChoiceField(label="What it is shown", choices=AUTH, initial="none")
    headers = HeaderLines()
    era = forms.ChoiceField(label="Protocol", choices=ERAS, initial="auto")
    concurrency = forms.IntegerField(
        label="Calls at once", initial=20, min_value=1, max_value=100, help_text="Further calls wait."
    )


class ConnectForm(UpstreamForm):
    """A new one."""

    prefix = forms.CharField(  # type: ignore[assignment]
        max_length=24,
        widget=forms.TextInput(attrs={"class": "mono", "data-slug-from": "#id_name"}),
        help_text="Its tools are called prefix.tool, so it stays. Lower-case letters, digits and hyphens.",
    )

    field_order = ("name", "prefix", "url", "auth", "headers", "era", "concurrency")
