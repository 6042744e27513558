"""Permissions are a server's: with one server this leads there, with several to a list."""

from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import ROLES, role_matrix
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.selectors.servers import server_list


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def permissions_start(asked: TenantPage) -> HttpResponse:
    """Choose a server, by what each role may call there."""
    servers = list(server_list(actor=asked.actor))
    if len(servers) == 1:
        return HttpResponseRedirect(f"{asked.base}servers/{servers[0].slug}/permissions/")
    catalogue = tool_catalogue()
    matrices = [(server, role_matrix(server=server, catalogue=catalogue)) for server in servers]
    rows = [(server, [matrix.allowed(role) for role in ROLES]) for server, matrix in matrices]
    return show(asked, "dashboard/permissions/start.html", {"rows": rows, "roles": [role.value for role in ROLES]})
