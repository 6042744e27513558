"""Settings: which hosts and methods the tenant's tools and upstreams may use."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.settings_pages import settings_tabs
from egress.allowance import Allowance
from tenants.abilities import Ability
from tenants.selectors.egress_cut_off import CutOff, egress_cut_off
from tenants.services.egress_allowances import (
    METHODS,
    egress_allowance_checked,
    egress_allowance_manage,
    egress_allowance_set,
)

PLACE: Final = "settings/way-out"


class AllowanceForm(PageForm):
    """Hosts, one on each line, and methods. No host is every host, and every method is every one that there is."""

    hosts = forms.CharField(
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}),
        help_text="One on each line, such as api.example.com, or *.example.com for all below it. Leave it empty to "
        "allow every host.",
    )
    methods = forms.MultipleChoiceField(
        choices=[(method, method) for method in METHODS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one method."},
    )

    def lists(self) -> dict[str, list[str] | None]:
        """As the service takes them."""
        methods = list(self.cleaned_data["methods"])
        hosts = [line.strip() for line in self.cleaned_data["hosts"].splitlines() if line.strip()]
        return {"hosts": hosts or None, "methods": None if set(methods) == set(METHODS) else methods}


@page()
def egress_allowance(asked: TenantPage) -> HttpResponse:
    """Both lists. What they would cut off is shown before they are kept, and has to be agreed to."""
    if not asked.is_posted:
        return _show(asked, AllowanceForm(initial=_kept(asked)), [], 200)
    egress_allowance_manage(asked.actor)
    form = AllowanceForm(asked.request.POST)
    allowance = form.ask(egress_allowance_checked, **form.lists()) if form.is_valid() else None
    if allowance is None:
        return _show(asked, form, [], 422)
    cut_off = egress_cut_off(allowance=allowance)
    if cut_off and asked.request.POST.get("agreed") != _mark(allowance):
        return _show(asked, form, cut_off, 422, _mark(allowance))
    egress_allowance_set(tenant=asked.tenant, actor=asked.actor, **form.lists())
    messages.success(asked.request, "Saved. It holds everywhere within seconds.")
    return HttpResponseRedirect(asked.base + PLACE)


def _kept(asked: TenantPage) -> dict[str, Any]:
    hosts, methods = asked.tenant.egress_hosts, asked.tenant.egress_methods
    return {"hosts": "\n".join(hosts or ()), "methods": list(METHODS) if methods is None else methods}


def _mark(allowance: Allowance) -> str:
    """What somebody agrees to: to these lists, and no others."""
    return " ".join((*(allowance.hosts or ("*",)), *(allowance.methods or ())))


def _show(asked: TenantPage, form: AllowanceForm, cut_off: list[CutOff], status: int, mark: str = "") -> HttpResponse:
    chosen = set(form["methods"].value() or ())
    context = {
        "form": form,
        "methods": [(method, method in chosen) for method in METHODS],
        "cut_off": cut_off,
        "mark": mark,
        "may_change": asked.may(Ability.MANAGE_MEMBERS) and not asked.frame.is_suspended,
        "tabs": settings_tabs(asked, "way_out"),
    }
    return show(asked, "dashboard/settings/way_out.html", context, status=status)


urlpatterns = [path(PLACE, egress_allowance, name="egress_allowance")]
