"""Giving a document: by its URL, as a file, or as text."""

from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.giving import Given, given_ahead
from control_plane.dashboard.openapi_sources.sources import source_url, sources_url
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from tenants.abilities import Ability
from tenants.services.openapi_sources import openapi_source_create


@page(Ability.MANAGE_SERVERS, ahead=given_ahead)
def source_new(asked: TenantPage, server: str) -> HttpResponse:
    """The form; then the document's operations. It is kept from here on, so nothing is lost on the way."""
    found = server_of(asked, server)
    given: Given = asked.ahead
    form = given.form
    if given.document is not None:
        who = {"tenant": asked.tenant, "actor": asked.actor}
        source = form.ask(openapi_source_create, **who, server=found, document=given.document)
        if source is not None:
            return HttpResponseRedirect(source_url(asked, source))
    context = {**server_context(asked, found, "Tools"), "form": form, "sources_url": sources_url(asked, found)}
    return show(asked, "dashboard/openapi/new.html", context, status=422 if form.errors else 200)
