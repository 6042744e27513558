"""Choosing resources or prompts from the toolkits."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_primitives.families import Family
from control_plane.dashboard.server_primitives.offers import Offer, offers_by_toolkit, offers_of
from control_plane.dashboard.server_tabs import server_of
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.server_primitives import server_primitive_list
from tenants.services.server_primitive_choice import server_primitives_add


class AdditionForm(PageForm):
    """Which of them, each by its place among the offers."""

    chosen = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one."}
    )

    def __init__(self, *arguments: Any, offers: list[Offer], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._offers = {offer.value: offer for offer in offers}
        self.fields["chosen"].choices = [(offer.value, offer.value) for offer in offers]  # type: ignore[attr-defined]

    def save(self, **which: Any) -> list[ServerPrimitive] | None:
        """What was added; None where the form says why not."""
        chosen = [self._offers[value].choice for value in self.cleaned_data["chosen"]]
        return self.ask(server_primitives_add, **which, choices=chosen)


@page(Ability.MANAGE_SERVERS)
def primitives_add(asked: TenantPage, family: Family, server: str) -> HttpResponse:
    """The toolkits with what is in them; then the list."""
    found = server_of(asked, server)
    every = list(server_primitive_list(server=found, kinds=list(PrimitiveKind)))
    offers = offers_of(family, tool_catalogue(), every)
    form = AdditionForm(asked.request.POST if asked.is_posted else None, offers=offers)
    if asked.is_posted and form.is_valid():
        added = form.save(tenant=asked.tenant, actor=asked.actor, server=found)
        if added is not None:
            words = added[0].name if len(added) == 1 else f"{len(added)} {family.path}"
            messages.success(asked.request, f"Added {words}. Connected clients see it within seconds.")
            return HttpResponseRedirect(family.base(asked, found))
    most = asked.tenant.limits.resources_and_prompts_per_server
    context = {
        **family.context(asked, found),
        "form": form,
        "toolkits": offers_by_toolkit(offers),
        "chosen": form["chosen"].value() or [],
        "is_full": len(every) >= most,
        "most": most,
    }
    return show(asked, "dashboard/primitives/add.html", context, status=422 if form.errors else 200)
