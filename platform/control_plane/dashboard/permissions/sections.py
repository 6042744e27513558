"""What the pages of a server's permissions have in common."""

from typing import Any, Final

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.server_tabs import Tab, server_context
from tenants.abilities import Ability
from tenants.models import Server

SECTIONS: Final = (("Roles", ""), ("People", "people/"), ("API keys and clients", "keys/"), ("Check", "check"))


def permissions_context(asked: TenantPage, server: Server, active: str) -> dict[str, Any]:
    """The server's context, and the sections that the person may see: roles for all who manage servers."""
    base = f"{asked.base}servers/{server.slug}/permissions/"
    may_grant = asked.may(Ability.MANAGE_GRANTS)
    shown = SECTIONS if may_grant else SECTIONS[:1]
    return {
        **server_context(asked, server, "Permissions"),
        "permissions_base": base,
        "sections": [Tab(label, base + path, active=label == active) for label, path in shown],
        "may_grant": may_grant and not asked.frame.is_suspended,
    }
