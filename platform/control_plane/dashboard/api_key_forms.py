"""What is asked for a new key, and for rotating one."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.once import OnceForm
from control_plane.dashboard.scope_words import ScopeChoice
from tenants.models import Server
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_create

LIFETIMES: Final = (
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
    ("date", "On a date"),
    ("never", "Never"),
)
OVERLAPS: Final = (("0", "Stop at once"), ("1", "1 hour"), ("24", "1 day"), ("168", "7 days"), ("720", "30 days"))
REACH: Final = (("all", "All servers"), ("chosen", "Chosen servers"))


class KeyForm(OnceForm):
    """A new key."""

    name = forms.CharField(max_length=100, help_text="What will use it, such as “nightly report” or “laptop”.")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that it may do."},
    )
    reach = forms.ChoiceField(choices=REACH, widget=forms.RadioSelect, initial="all")
    servers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    lifetime = forms.ChoiceField(label="Stops working after", choices=LIFETIMES, initial="90")
    expires_at = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput, help_text="It stops when this day ends, in UTC."
    )
    address_ranges = forms.CharField(
        label="Allowed addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono", "placeholder": "203.0.113.0/24"}),
        help_text="CIDR blocks, one a line. Empty: from anywhere.",
    )

    def __init__(self, *arguments: Any, servers: list[Server], scopes: list[ScopeChoice], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.all_servers = servers
        self.fields["servers"].choices = [(server.slug, server.name) for server in servers]  # type: ignore[attr-defined]
        given = [choice.words.name for choice in scopes if not choice.needs]
        self.fields["scopes"].choices = [(name, name) for name in given]  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [name for name in given if name.startswith("mcp:")]

    def clean(self) -> dict[str, Any]:
        """What belongs together."""
        cleaned = super().clean() or {}
        if cleaned.get("reach") == "chosen" and not cleaned.get("servers"):
            self.add_error("servers", ValidationError("Choose at least one server, or let it reach all of them."))
        if cleaned.get("lifetime") == "date" and not cleaned.get("expires_at") and "expires_at" not in self.errors:
            self.add_error("expires_at", ValidationError("Choose its last day."))
        return cleaned

    def server_choices(self) -> list[tuple[Server, bool]]:
        """Each server, and whether it is ticked."""
        ticked = self["servers"].value() or ()
        return [(server, server.slug in ticked) for server in self.all_servers]

    def make(self, **who: Any) -> IssuedApiKey | None:
        """The key; None where the form says why not."""
        return self.ask(api_key_create, **who, **self._choices())

    def _choices(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen = [server for server in self.all_servers if server.slug in given["servers"]]
        return {
            "name": given["name"],
            "scopes": given["scopes"],
            "servers": chosen if given["reach"] == "chosen" else None,
            "never_expires": given["lifetime"] == "never",
            "expires_at": _end(given["lifetime"], given["expires_at"]),
            "address_ranges": given["address_ranges"].split(),
            "family": given["once"],
        }


class RotationForm(PageForm):
    """How long the old secret goes on."""

    overlap = forms.ChoiceField(
        label="The old secret stops after",
        choices=OVERLAPS,
        initial="24",
        help_text="Time to put the new one in place.",
    )

    def hours(self) -> timedelta:
        """As services take it."""
        return timedelta(hours=int(self.cleaned_data["overlap"]))


def _end(lifetime: str, last_day: Any) -> datetime | None:
    """The moment at which the key ends: of a date, the end of that day in UTC."""
    if lifetime == "date":
        return datetime.combine(last_day, time.max, tzinfo=UTC)
    return None if lifetime == "never" else datetime.now(UTC) + timedelta(days=int(lifetime))
