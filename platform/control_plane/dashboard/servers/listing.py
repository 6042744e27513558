"""The servers of a tenant."""

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_url
from tenants.abilities import Ability
from tenants.selectors.server_overviews import server_overview_list

DAY: Final = timedelta(days=1)


@page(methods=("GET",))
def server_list_page(asked: TenantPage) -> HttpResponse:
    """Every server, with its URL and what it did in the last day."""
    overviews = server_overview_list(actor=asked.actor, since=timezone.now() - DAY)
    context = {
        "servers": [(each, server_url(asked.tenant, each.server)) for each in overviews],
        "most": asked.tenant.limits.servers,
        "may_make_servers": asked.may(Ability.MANAGE_SERVERS),
        "may_see_tools": asked.may(Ability.MANAGE_SERVERS),
    }
    return show(asked, "dashboard/servers/list.html", context)
