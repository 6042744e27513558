"""What stands around every page of a tenant: switcher, navigation, commands."""

from dataclasses import dataclass, field
from typing import Final

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.models import Tenant, User
from tenants.models.tenant import TenantStatus
from tenants.selectors.across_tenants import TenantOfUser


@dataclass(frozen=True, slots=True)
class Place:
    """A family of pages: where it begins under the tenant's base, and the abilities of which one is needed."""

    label: str
    path: str
    icon: str
    needs: tuple[Ability, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together, under a title or none."""

    title: str
    places: tuple[Place, ...]


NAVIGATION: Final = (
    Group(
        "",
        (
            Place("Home", "", "house"),
            Place("Servers", "servers/", "server"),
            Place("Upstreams", "upstreams/", "blocks", (Ability.MANAGE_SERVERS,)),
            Place("Playground", "playground/", "flask-conical", (Ability.CALL_TOOLS,)),
            Place("Calls", "calls/", "activity", (Ability.CALL_TOOLS, Ability.SEE_ALL_CALLS)),
            Place("Jobs", "jobs/", "clock", (Ability.CALL_TOOLS, Ability.SEE_ALL_CALLS)),
        ),
    ),
    Group(
        "Access",
        (
            Place("Permissions", "permissions/", "shield-check", (Ability.MANAGE_GRANTS, Ability.MANAGE_SERVERS)),
            Place("API keys", "keys/", "key-round", (Ability.MANAGE_OWN_KEYS, Ability.MANAGE_ALL_KEYS)),
            Place("Connections", "connections/", "plug", (Ability.CALL_TOOLS, Ability.MANAGE_MEMBERS)),
            Place("My accounts", "accounts/", "user", (Ability.CALL_TOOLS,)),
            Place("OAuth clients", "clients/", "app-window", (Ability.MANAGE_SERVERS,)),
            Place("Secrets", "secrets/", "lock", (Ability.MANAGE_SERVERS,)),
            Place("Members", "members/", "users", (Ability.MANAGE_MEMBERS,)),
        ),
    ),
    Group("Manage", (Place("Settings", "settings/", "settings"),)),
)
"""The dashboard's map. A place is shown to whoever has one of its abilities."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the navigation."""

    label: str
    href: str
    icon: str
    active: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Lines of the navigation under one title."""

    title: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Home:
    """A tenant in the switcher."""

    slug: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What `layouts/dashboard.html` reads as `page`."""

    tenant: Tenant
    role: str
    person: User
    tenants: list[Home]
    navigation: list[ItemGroup]
    commands: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_suspended(self) -> bool:
        """True where the operator has suspended the tenant."""
        return self.tenant.status == TenantStatus.SUSPENDED

    @property
    def is_unverified(self) -> bool:
        """True while nobody knows that mail to the person's address reaches them."""
        return self.person.email_verified_at is None


def frame_of(person: User, here: TenantOfUser, tenants: list[TenantOfUser], path: str) -> Frame:
    """The frame of a page at `path`, for this person in this tenant."""
    navigation = _navigation(Actor(role=here.role, user_id=person.pk), f"/app/{here.tenant.slug}/", path)
    homes = [Home(slug=each.tenant.slug, name=each.tenant.name, role=each.role) for each in tenants]
    return Frame(
        tenant=here.tenant,
        role=here.role,
        person=person,
        tenants=homes,
        navigation=navigation,
        commands=_commands(navigation, homes),
    )


def _navigation(actor: Actor, base: str, path: str) -> list[ItemGroup]:
    groups = []
    for group in NAVIGATION:
        shown = [place for place in group.places if not place.needs or any(actor.may(need) for need in place.needs)]
        items = [
            Item(place.label, base + place.path, place.icon, active=_is_active(base + place.path, base, path))
            for place in shown
        ]
        if items:
            groups.append(ItemGroup(group.title, items))
    return groups


def _is_active(href: str, base: str, path: str) -> bool:
    return path == href if href == base else path.startswith(href)


def _commands(navigation: list[ItemGroup], homes: list[Home]) -> list[dict[str, str]]:
    """What "Go to or do…" finds without asking anybody."""
    places = [
        {"label": item.label, "href": item.href, "group": "Go to"} for group in navigation for item in group.items
    ]
    switches = [{"label": home.name, "href": f"/app/{home.slug}/", "group": "Switch to"} for home in homes]
    return places + (switches if len(switches) > 1 else [])
