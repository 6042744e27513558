"""Role by tool: every cell is changed by one click."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import READ_ONLY, ROLES, Matrix, role_matrix
from control_plane.dashboard.permissions.sections import permissions_context
from control_plane.dashboard.server_tabs import server_of
from tenants.abilities import Ability, Role
from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError
from tenants.models import Server
from tenants.models.grant import SubjectKind, TargetKind
from tenants.services.permissions import permission_set


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def role_permissions(asked: TenantPage, server: str) -> HttpResponse:
    """The matrix; whoever may not grant looks only."""
    found = server_of(asked, server)
    return show(asked, "dashboard/permissions/roles.html", _context(asked, found, _matrix(found)))


@page(Ability.MANAGE_GRANTS, methods=("POST",))
def cell_set(asked: TenantPage, server: str) -> HttpResponse:
    """Change one cell: `cell` is `role|kind:target|1` to allow and `…|0` to take away. htmx gets the row, or the whole
    matrix where many rows may have changed."""
    found = server_of(asked, server)
    role, kind, target, allowed = _cell(asked.request.POST.get("cell", ""))
    permission_set(
        tenant=asked.tenant,
        actor=asked.actor,
        server=found,
        subject_kind=SubjectKind.ROLE,
        subject=role,
        target_kind=kind,
        target=target,
        allowed=allowed,
    )
    if not asked.is_fragment:
        return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/permissions/")
    matrix = _matrix(found)
    row = matrix.row(kind, target)
    if kind == TargetKind.TOOL and row is not None:
        return show(asked, "dashboard/permissions/row.html", {**_context(asked, found, matrix), "row": row})
    answer = show(asked, "dashboard/permissions/matrix.html", _context(asked, found, matrix))
    answer.headers["HX-Retarget"] = "#matrix"
    return answer


def _matrix(server: Server) -> Matrix:
    return role_matrix(server=server, catalogue=tool_catalogue())


def _context(asked: TenantPage, server: Server, matrix: Matrix) -> dict[str, Any]:
    return {
        **permissions_context(asked, server, "Roles"),
        "matrix": matrix,
        "roles": [role.value for role in ROLES],
        "read_only_to_callers": f"{Role.CALLER.value}|{TargetKind.ANNOTATION.value}:{READ_ONLY}|1",
    }


def _cell(value: str) -> tuple[str, str, str, bool]:
    role, _, rest = value.partition("|")
    key, _, allowed = rest.partition("|")
    kind, _, target = key.partition(":")
    if allowed not in ("0", "1") or kind not in TargetKind.values:
        raise InvalidValueError("This is no cell of the table. Reload the page and try again.", field="cell")
    return role, kind, target, allowed == "1"
