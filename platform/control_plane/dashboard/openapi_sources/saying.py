"""What was chosen for a document: its title, base URL and secrets."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.forms import SourceForm
from control_plane.dashboard.openapi_sources.sources import source_context, source_of, source_url, which
from control_plane.dashboard.pages import page, show
from tenants.abilities import Ability
from tenants.openapi.addresses import server_choices
from tenants.openapi.given import unpacked
from tenants.selectors.openapi_operations import secrets_missing
from tenants.selectors.openapi_sources import openapi_import
from tenants.selectors.stored_secrets import secret_list
from tenants.services.openapi_sources import openapi_source_update


@page(Ability.MANAGE_SERVERS)
def source_settings(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """The form. Tools that were made of the document follow."""
    source = source_of(asked, server, source_id)
    schemes = openapi_import(source).schemes()
    initial = {"title": source.title, "base_url": source.base_url}
    form = SourceForm(asked.request.POST if asked.is_posted else None, initial=initial, schemes=schemes)
    if asked.is_posted and form.is_valid():
        changes = form.changes(source)
        if form.ask(openapi_source_update, **which(asked, source), **changes) is not None:
            messages.success(asked.request, "Saved. Its tools follow within seconds.")
            return HttpResponseRedirect(source_url(asked, source))
    choices = server_choices(unpacked(bytes(source.document)), source.document_url)
    context = {
        **source_context(asked, source),
        "form": form,
        "schemes": schemes,
        "choices": choices,
        "addresses": list(dict.fromkeys(url for choice in choices for url in choice.urls)),
        "secret_names": [secret.name for secret in secret_list()],
        "missing": secrets_missing(each.secret.name for each in schemes if each.secret is not None),
    }
    return show(asked, "dashboard/openapi/settings.html", context, status=422 if form.errors else 200)
