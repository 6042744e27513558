"""What is asked for a server."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from control_plane.dashboard.forms import PageForm
from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.ports import OfferedToolkit
from tenants.models import Server
from tenants.services.servers import server_create, server_update

LONGEST_INSTRUCTIONS: Final = 20_000
INSTRUCTIONS_HELP: Final = "What every client is told when it connects: what the tools are for, and when to use which."


def toolkit_title(toolkit: OfferedToolkit) -> str:
    """What people read."""
    return toolkit.title or toolkit.name


class ServerForm(PageForm):
    """A new server: blank, or with every tool of the toolkits."""

    name = forms.CharField(max_length=200, help_text="For people, such as “Support desk”.")
    slug = forms.CharField(
        label="Name in the URL",
        max_length=63,
        widget=forms.TextInput(attrs={"data-slug-from": "#id_name", "class": "mono"}),
        help_text="Lower-case letters, digits and hyphens. Clients connect to this URL, so choose one that can stay.",
    )
    instructions = forms.CharField(
        required=False,
        max_length=LONGEST_INSTRUCTIONS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=INSTRUCTIONS_HELP,
    )
    toolkits = forms.MultipleChoiceField(
        label="Start with",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Owners, admins, developers and callers may use these at once. Choose none for a blank server.",
    )

    def __init__(self, *arguments: Any, offered: list[tuple[OfferedToolkit, int]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["toolkits"].choices = [(each.name, toolkit_title(each)) for each, _ in offered]  # type: ignore[attr-defined]

    def make(self, **who: Any) -> Server | None:
        """The server; None where the form says why not."""
        given = self.cleaned_data
        return self.ask(
            server_create, **who, **{name: given[name] for name in ("slug", "name", "instructions", "toolkits")}
        )


class ServerSettingsForm(PageForm):
    """What may be changed of a server without moving it."""

    name = forms.CharField(max_length=200)
    instructions = forms.CharField(
        required=False,
        max_length=LONGEST_INSTRUCTIONS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=INSTRUCTIONS_HELP,
    )
    allowed_origins = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono", "placeholder": "https://app.example.com"}),
        help_text="Web pages that may connect from a browser, one origin a line. Other programs need none.",
    )
    per_second = forms.FloatField(
        label="Calls a second",
        required=False,
        min_value=0.001,
        max_value=1_000_000,
        help_text="On average, by everybody together. Empty: only the plan's limits count.",
    )
    burst = forms.IntegerField(
        label="At once", required=False, min_value=1, max_value=2_000_000, help_text="How many may come in one go."
    )

    @classmethod
    def of(cls, server: Server) -> "ServerSettingsForm":
        """As the server is now."""
        return cls(
            initial={
                "name": server.name,
                "instructions": server.instructions,
                "allowed_origins": "\n".join(server.allowed_origins),
                "per_second": server.rate_per_second,
                "burst": server.rate_burst,
            }
        )

    def clean(self) -> dict[str, Any]:
        """A rate has both parts or none."""
        cleaned = super().clean() or {}
        check_rate(self)
        return cleaned

    def save(self, **which: Any) -> Server | None:
        """The changed server; None where the form says why not."""
        given = self.cleaned_data
        return self.ask(
            server_update,
            **which,
            name=given["name"],
            instructions=given["instructions"].replace("\r\n", "\n"),
            allowed_origins=given["allowed_origins"].split(),
            rate=rate_of(given),
        )


class ServerSlugForm(PageForm):
    """Another place in the URL."""

    slug = forms.CharField(label="Name in the URL", max_length=63, widget=forms.TextInput(attrs={"class": "mono"}))


class ServerDeletionForm(PageForm):
    """The name, typed, so that nobody deletes what they did not mean."""

    confirmation = forms.CharField(
        label="Type the server's name in the URL",
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *arguments: Any, slug: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.slug = slug

    def clean_confirmation(self) -> str:
        """Exactly the name."""
        if self.cleaned_data["confirmation"] != self.slug:
            raise ValidationError(f"This is not its name: type {self.slug}.")
        return self.slug


def check_rate(form: forms.Form) -> None:
    """Adds an error where a form has one part of a rate and not the other."""
    given = form.cleaned_data
    for name, other, words in (
        ("burst", "per_second", "how many at once"),
        ("per_second", "burst", "how many a second"),
    ):
        if given.get(name) is None and given.get(other) is not None and name not in form.errors:
            form.add_error(name, ValidationError(f"Say {words}, too, or leave both empty."))


def rate_of(given: dict[str, Any]) -> Rate | None:
    """The rate of a form's two fields, as services take it."""
    if given["per_second"] is None or given["burst"] is None:
        return None
    return Rate(given["per_second"], given["burst"])
