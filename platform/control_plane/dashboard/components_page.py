"""/app/-/components: every component in every state, to look at and to test. Served while embedded only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from control_plane.dashboard.frame import Home, Item, ItemGroup
from control_plane.dashboard.server_tabs import Tab

ROLES: Final = [("developer", "Developer"), ("caller", "Caller"), ("auditor", "Auditor")]


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something with a name."""

    name: str
    slug: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """A frame around nobody's tenant, in the form of `control_plane.dashboard.frame.Frame`."""

    tenant: Named
    person: Named
    tenants: list[Home]
    navigation: list[ItemGroup]
    commands: list[dict[str, str]]
    role: str = "owner"
    is_suspended: bool = False
    is_unverified: bool = False


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """The two ends of <c-pagination>."""

    previous_url: str = "?before=1"
    next_url: str = "?after=9"


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(help_text="As people will see it.")
    slug = forms.SlugField(label="Short name", widget=forms.TextInput(attrs={"data-slug-from": "#id_name"}))
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    calls = forms.IntegerField(label="Calls a day", min_value=1, required=False)
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    role = forms.ChoiceField(choices=ROLES)
    expires = forms.DateField(widget=forms.DateInput(), required=False)
    is_strict = forms.BooleanField(label="Run nothing unaudited", help_text="Slower by a commit.", required=False)
    lifetime = forms.ChoiceField(choices=[("30", "30 days"), ("90", "90 days")], widget=forms.RadioSelect())
    scopes = forms.MultipleChoiceField(
        choices=[("mcp:read", "Read"), ("mcp:call", "Call")], widget=forms.CheckboxSelectMultiple(), required=False
    )
    certificate = forms.FileField(required=False)


@require_safe
def components_page(request: HttpRequest) -> HttpResponse:
    """The page; 404 on a public installation. `?toast` adds a message, `?drawer` shows the drawer."""
    if not settings.EMBEDDED:
        raise Http404
    if "toast" in request.GET:
        messages.success(request, "Saved. This goes by itself.")
        messages.error(request, "The key could not be revoked: it has ended already.")
    return render(request, "dashboard/components.html", _context(timezone.now()))


def _context(now: datetime) -> dict[str, Any]:
    ages = [4, 130, 60 * 50, 3600 * 5, 86400 * 3, 86400 * 40]
    return {
        "page": _sample_frame(),
        "form": SampleForm(initial={"name": "Support desk", "slug": "support-desk", "lifetime": "90"}),
        "wrong_form": SampleForm(
            {"wrong-name": "", "wrong-slug": "Not a slug", "wrong-email": "ada", "wrong-lifetime": "90"}, prefix="wrong"
        ),
        "tabs": [
            Tab("Overview", "#overview", active=True),
            Tab("Tools", "#tools", count=12),
            Tab("Permissions", "#permissions"),
            Tab("Connect", "#connect"),
            Tab("Sessions", "#sessions", count=0),
        ],
        "page_of_rows": PageOfRows(),
        "moments": [now - timedelta(seconds=age) for age in ages] + [now + timedelta(days=2)],
        "durations": [41, 1000, 6200, 184_000, 7_500_000],
        "kinds": ["mute", "ok", "warn", "bad", "info"],
        "bars": [(36 * index + 4, 140 - height, height) for index, height in enumerate((30, 62, 44, 90, 118, 76, 101))],
        "now": now,
    }


def _sample_frame() -> SampleFrame:
    def item(label: str, icon: str, *, active: bool = False, badge: str = "") -> Item:
        return Item(label=label, href=f"#{label.lower()}", icon=icon, active=active, badge=badge)

    navigation = [
        ItemGroup(
            "", [item("Home", "house", active=True), item("Servers", "server"), item("Calls", "activity", badge="2")]
        ),
        ItemGroup("Access", [item("Permissions", "shield-check"), item("Keys", "key-round"), item("Members", "users")]),
        ItemGroup("Manage", [item("Secrets", "lock"), item("Usage", "gauge"), item("Settings", "settings")]),
    ]
    commands = [
        {"label": each.label, "href": each.href, "group": "Go to"} for group in navigation for each in group.items
    ]
    return SampleFrame(
        tenant=Named("Acme", slug="acme"),
        person=Named("Ada", email="ada@acme.example"),
        tenants=[Home(slug="acme", name="Acme", role="owner"), Home(slug="globex", name="Globex", role="caller")],
        navigation=navigation,
        commands=[*commands, {"label": "New server", "href": "#new-server", "group": "Do"}],
    )


# Declared as the pages are: for everybody, while the installation is nobody else's.
components_page.is_declared = True  # type: ignore[attr-defined]
urlpatterns: list[URLPattern] = [path("-/components", components_page)]
