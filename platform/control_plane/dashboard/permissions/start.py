"""Permissions are a server's: with one server this leads there, with several to a list."""

from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import ROLES, role_matrices
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.selectors.servers import server_list


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def permissions_start(asked: TenantPage) -> HttpResponse:
    """Choose a server, by what each role may call there."""
    servers = list(server_list(actor=asked.actor))
    if len(servers) == 1:
        return HttpResponseRedirect(f"{asked.base}servers/{servers[0].slug}/permissions/")
    matrices = role_matrices(servers=servers, catalogue=tool_catalogue())
    rows = [
        (server, [matrix.allowed(role) for role in ROLES]) for server, matrix in zip(servers, matrices, strict=True)
    ]
    return show(asked, "dashboard/permissions/start.html", {"rows": rows, "roles": [role.value for role in ROLES]})
