"""The event stream of a tenant's pages: who may listen. It is kept by `control_plane.live.streams`."""

from typing import Final

from django.http import HttpResponse
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page
from control_plane.live.streams import allow

EVENT_STREAM: Final = "text/event-stream"


@page(methods=("GET",))
def live(asked: TenantPage) -> HttpResponse:
    """Let every member hear that something of their tenant changed; what it is, they ask by the pages they may see."""
    allow(asked.request, tenant=str(asked.tenant.pk), person=str(asked.person.pk))
    return HttpResponse(content_type=EVENT_STREAM)


urlpatterns = [path("live", live)]
