"""What the pages of one server have in common: the server itself, its URL, its tabs."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from control_plane.dashboard.asking import TenantPage
from mcp_runtime.protected_resource import canonical_resource
from tenants.abilities import Ability
from tenants.models import Server, Tenant
from tenants.selectors.server_primitives import server_primitive_counts
from tenants.selectors.servers import server_get, server_tool_list


@dataclass(frozen=True, slots=True)
class Tab:
    """A line of <c-tabs>."""

    label: str
    href: str
    active: bool = False
    count: int | None = None


def server_url(tenant: Tenant, server: Server) -> str:
    """Where clients connect."""
    return canonical_resource(settings.PUBLIC_URL, tenant.slug, server.slug)


def server_tabs(asked: TenantPage, server: Server, active: str) -> list[Tab]:
    """The tabs of a server's pages that the person may see, the one of this label active. At most two queries."""
    base = f"{asked.base}servers/{server.slug}/"
    tabs = [Tab("Overview", base)]
    if asked.may(Ability.MANAGE_SERVERS):
        tabs.append(Tab("Tools", f"{base}tools/", count=server_tool_list(server=server).count()))
    counts = server_primitive_counts(server=server)
    tabs.append(Tab("Resources", f"{base}resources/", count=counts["resource"] + counts["template"]))
    tabs.append(Tab("Prompts", f"{base}prompts/", count=counts["prompt"]))
    if asked.may(Ability.MANAGE_SERVERS):
        tabs.append(Tab("Permissions", f"{base}permissions/"))
    if asked.may(Ability.CALL_TOOLS):
        tabs.append(Tab("Connect", f"{base}connect/"))
        tabs.append(Tab("Sessions", f"{base}sessions/"))
    if asked.may(Ability.MANAGE_SERVERS):
        tabs.append(Tab("Settings", f"{base}settings/"))
    return [Tab(tab.label, tab.href, active=tab.label == active, count=tab.count) for tab in tabs]


def server_context(asked: TenantPage, server: Server, active: str) -> dict[str, Any]:
    """What the templates of a server's pages read beside their own: server, server_base, server_url, tabs."""
    return {
        "server": server,
        "server_base": f"{asked.base}servers/{server.slug}/",
        "server_url": server_url(asked.tenant, server),
        "tabs": server_tabs(asked, server, active),
    }


def server_of(asked: TenantPage, slug: str) -> Server:
    """The server that a path names; raises NotFoundError."""
    return server_get(slug=slug, actor=asked.actor)
