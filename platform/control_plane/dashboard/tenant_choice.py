"""/app/: to the one tenant of somebody who has one, to a choice among several, to the wizard where there is none."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from control_plane.dashboard.asking import PersonPage
from control_plane.dashboard.last_tenant import last_tenant
from control_plane.dashboard.pages import page_of_person, show


@page_of_person(methods=("GET",))
def tenant_choice(page: PersonPage) -> HttpResponse:
    """Where to go. `?all` shows the list to somebody who would be sent on to the last one."""
    slugs = [found.tenant.slug for found in page.tenants]
    if not slugs:
        return HttpResponseRedirect(reverse("tenant_new"))
    last = last_tenant(page.request)
    only = slugs[0] if len(slugs) == 1 else last if last in slugs else ""
    if only and "all" not in page.request.GET:
        return HttpResponseRedirect(f"/app/{only}/")
    return show(page, "dashboard/start/choice.html", {"last": last})


urlpatterns: list[URLPattern] = [path("", tenant_choice, name="tenant_choice")]
