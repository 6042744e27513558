"""API keys and OAuth clients: which of their person's tools they may call."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.sections import permissions_context
from control_plane.dashboard.row_pages import row_page
from control_plane.dashboard.server_tabs import server_of
from control_plane.effective_tools import effective_for_key
from tenants.abilities import Ability
from tenants.models import ApiKey, Server, ServerTool
from tenants.models.grant import SubjectKind, TargetKind
from tenants.selectors.api_keys import api_key_get
from tenants.selectors.delegates import client_names, keys_of_server
from tenants.selectors.grants import grant_list
from tenants.selectors.servers import server_tool_list
from tenants.services.permissions import selection_set

ORDER: Final = ("-created_at", "pk")
EVERYTHING, CHOSEN = "everything", "chosen"


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen for a key or client on a server: in words, and how many tools that are gone by now."""

    subject: str
    name: str
    words: str
    is_limited: bool


class SelectionForm(PageForm):
    """Everything that its person may, or these tools."""

    reach = forms.ChoiceField(
        choices=((EVERYTHING, "Whatever its person may"), (CHOSEN, "These tools only")), widget=forms.RadioSelect
    )
    tools = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, tools: list[ServerTool], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.all_tools = tools
        self.fields["tools"].choices = [(str(tool.pk), tool.name) for tool in tools]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What belongs together."""
        cleaned = super().clean() or {}
        if cleaned.get("reach") == CHOSEN and not cleaned.get("tools") and "tools" not in self.errors:
            self.add_error(
                "tools", ValidationError("Choose at least one tool. To let it call nothing, revoke the key.")
            )
        return cleaned

    def save(self, **which: Any) -> bool:
        """True where it is saved; otherwise the form says why not."""
        given = self.cleaned_data
        chosen = [tool for tool in self.all_tools if str(tool.pk) in given["tools"]]
        self.ask(selection_set, **which, tools=None if given["reach"] == EVERYTHING else chosen)
        return not self.errors


@page(Ability.MANAGE_GRANTS, methods=("GET",))
def delegate_list(asked: TenantPage, server: str) -> HttpResponse:
    """The keys that open the server and the clients of which something is said, with what they may call."""
    found = server_of(asked, server)
    part = row_page(asked.request, keys_of_server(server=found), ORDER)
    said = _said(found)
    context = {
        **permissions_context(asked, found, "API keys and clients"),
        "part": part,
        "keys": [(key, _selection(said, SubjectKind.API_KEY, str(key.family), key.name)) for key in part.rows],
        "clients": _clients(said),
    }
    return show(asked, "dashboard/permissions/keys.html", context)


@page(Ability.MANAGE_GRANTS)
def key_selection(asked: TenantPage, server: str, api_key_id: UUID) -> HttpResponse:
    """Choose for one key."""
    found = server_of(asked, server)
    key = api_key_get(actor=asked.actor, api_key_id=api_key_id)
    tools = list(server_tool_list(server=found))
    form = _form(asked, found, key, tools)
    if asked.is_posted and form.is_valid() and form.save(**_whose(asked, found, SubjectKind.API_KEY, str(key.family))):
        messages.success(asked.request, f"Saved for {key.name}. It counts within seconds.")
        return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/permissions/keys/")
    context = {
        **permissions_context(asked, found, "API keys and clients"),
        "key": key,
        "form": form,
        "reaches_everything": form["reach"].value() == EVERYTHING,
        "reaches_chosen": form["reach"].value() == CHOSEN,
        "effective": effective_for_key(server=found, api_key=key),
        "choices": [(tool, str(tool.pk) in (form["tools"].value() or [])) for tool in tools],
    }
    return show(asked, "dashboard/permissions/key.html", context, status=422 if form.errors else 200)


@page(Ability.MANAGE_GRANTS, methods=("POST",))
def client_reset(asked: TenantPage, server: str) -> HttpResponse:
    """Let an OAuth client call whatever its person may and chose for it."""
    found = server_of(asked, server)
    client = asked.request.POST.get("client", "")
    selection_set(**_whose(asked, found, SubjectKind.CLIENT, client), tools=None)
    messages.success(asked.request, "Removed. The client may call what its people may, and chose for it.")
    return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/permissions/keys/")


def _form(asked: TenantPage, server: Server, key: ApiKey, tools: list[ServerTool]) -> SelectionForm:
    if asked.is_posted:
        return SelectionForm(asked.request.POST, tools=tools)
    said = _said(server).get((SubjectKind.API_KEY.value, str(key.family)), [])
    chosen = [target for kind, target in said if kind == TargetKind.TOOL]
    return SelectionForm(initial={"reach": CHOSEN if said else EVERYTHING, "tools": chosen}, tools=tools)


def _whose(asked: TenantPage, server: Server, kind: SubjectKind, subject: str) -> dict[str, Any]:
    who = {"tenant": asked.tenant, "actor": asked.actor, "server": server}
    return {**who, "subject_kind": kind.value, "subject": subject}


def _said(server: Server) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The targets of grants to keys and clients, by subject. One query."""
    said = defaultdict(list)
    delegates = (SubjectKind.API_KEY, SubjectKind.CLIENT)
    for grant in grant_list(server=server).filter(subject_kind__in=delegates):
        said[grant.subject_kind, grant.subject].append((grant.target_kind, grant.target))
    return said


def _selection(
    said: dict[tuple[str, str], list[tuple[str, str]]], kind: SubjectKind, subject: str, name: str
) -> Selection:
    targets = said.get((kind.value, subject), [])
    if not targets:
        return Selection(subject, name, "whatever its person may", is_limited=False)
    tools = sum(target_kind == TargetKind.TOOL for target_kind, _ in targets)
    words = f"{tools} chosen tool{'' if tools == 1 else 's'}" if tools == len(targets) else "chosen by grants"
    return Selection(subject, name, words, is_limited=True)


def _clients(said: dict[tuple[str, str], list[tuple[str, str]]]) -> list[Selection]:
    subjects = [subject for kind, subject in said if kind == SubjectKind.CLIENT]
    names = client_names(client_ids=subjects)
    return [_selection(said, SubjectKind.CLIENT, each, names.get(each) or each) for each in subjects]
