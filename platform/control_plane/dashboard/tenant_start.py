"""/start/: making a tenant of one's own, with its first server."""

from typing import Final

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path

from control_plane.dashboard.asking import PersonPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page_of_person, show
from control_plane.error_pages import too_often
from control_plane.rates import is_too_often
from tenants.errors import ApplicationError
from tenants.server_templates import SERVER_TEMPLATES
from tenants.services.tenant_start import tenant_slug_check, tenant_start

LOOKS_PER_MINUTE: Final = 120
MINUTE: Final = 60


class TenantStartForm(PageForm):
    """What the tenant is called, where it is reached, and what its server starts with."""

    name = forms.CharField(label="Name", max_length=200, help_text="What people call your company or team.")
    slug = forms.CharField(
        label="Name in URLs", max_length=63, help_text="Lower-case letters, digits and hyphens. It stays as it is."
    )
    template = forms.ChoiceField(
        choices=[(template.key, template.name) for template in SERVER_TEMPLATES],
        initial=SERVER_TEMPLATES[0].key,
        widget=forms.RadioSelect,
    )


@page_of_person()
def start(page: PersonPage) -> HttpResponse:
    """The wizard: one form, then the server's connect page."""
    form = TenantStartForm(page.request.POST or None)
    if page.is_posted and form.is_valid():
        made = form.ask(tenant_start, user_id=page.person.pk, **form.cleaned_data)
        if made is not None:
            return HttpResponseRedirect(f"/app/{made.tenant.slug}/servers/{made.server.slug}/connect/")
    context = {"form": form, "templates": SERVER_TEMPLATES, "chosen": form["template"].value()}
    return show(page, "dashboard/start/start.html", context, status=422 if form.errors else 200)


@page_of_person(methods=("GET",))
def slug_state(page: PersonPage) -> HttpResponse:
    """Whether a slug is free, as one types: a fragment."""
    if is_too_often("tenant-slug", str(page.person.pk), most=LOOKS_PER_MINUTE, seconds=MINUTE):
        return too_often(page.request)
    slug = page.request.GET.get("slug", "")[:64]
    refusal = ""
    try:
        tenant_slug_check(slug=slug)
    except ApplicationError as error:
        refusal = error.message
    return render(page.request, "dashboard/start/slug_state.html", {"slug": slug, "refusal": refusal})


urlpatterns: list[URLPattern] = [
    path("", start, name="tenant_new"),
    path("slug", slug_state, name="tenant_slug_state"),
]
