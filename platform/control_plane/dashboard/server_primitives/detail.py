"""One resource, template or prompt of a server: what it is, and what is said of it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_primitives.families import Family
from control_plane.dashboard.server_primitives.hosting import LONGEST_SHOWN, hosted_draft
from control_plane.dashboard.server_primitives.rows import PrimitiveRow, primitive_rows
from control_plane.dashboard.server_tabs import server_of
from mcp_runtime.contract import hosted
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.hosted_drafts import Draft, ResourceDraft, TemplateDraft
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.services.server_primitives import server_primitive_remove, server_primitive_update


class PrimitiveForm(PageForm):
    """What a tenant may say of it instead of its toolkit."""

    name = forms.CharField(max_length=200)
    title = forms.CharField(required=False, max_length=200, help_text="For people.")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="People and models choose by this. Empty: as the toolkit says.",
    )

    def __init__(self, *arguments: Any, family: Family, row: PrimitiveRow, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].help_text = family.name_help
        if row.primitive.kind == PrimitiveKind.PROMPT:
            self.fields["name"].widget.attrs["class"] = "mono"
        if row.definition is not None:
            self.fields["title"].widget.attrs["placeholder"] = row.definition.title or ""
            self.fields["description"].widget.attrs["placeholder"] = row.definition.description

    def save(self, **which: Any) -> ServerPrimitive | None:
        """As it is now; None where the form says why not."""
        given = self.cleaned_data
        description = given["description"].replace("\r\n", "\n")
        return self.ask(
            server_primitive_update, **which, name=given["name"], title=given["title"], description=description
        )


@page()
def primitive_detail(asked: TenantPage, family: Family, server: str, **identity: UUID) -> HttpResponse:
    """The page, and the form on it for those who manage servers."""
    if asked.is_posted:
        asked.actor.require(Ability.MANAGE_SERVERS)
    found = server_of(asked, server)
    [row] = primitive_rows([family.row(found, identity)], tool_catalogue())
    now = {name: getattr(row.primitive, name) for name in ("name", "title", "description")}
    form = PrimitiveForm(asked.request.POST if asked.is_posted else None, initial=now, family=family, row=row)
    if asked.is_posted and form.is_valid():
        saved = form.save(tenant=asked.tenant, actor=asked.actor, server=found, primitive=row.primitive)
        if saved is not None:
            messages.success(asked.request, f"Saved {saved.name}. Clients see it within seconds.")
            return HttpResponseRedirect(f"{family.base(asked, found)}{saved.pk}/")
    own = hosted_draft(found, row.primitive) if row.origin == hosted.KIND and row.definition is not None else None
    context = {**family.context(asked, found), "row": row, "form": form, "try_url": _try_url(asked, found, row)}
    context |= {"own": own, "own_text": "" if own is None else _text(own)}
    return show(asked, "dashboard/primitives/detail.html", context, status=422 if form.errors else 200)


def _text(draft: Draft) -> str:
    """What a resource or template says, as far as a page shows it; empty where that is no text."""
    if isinstance(draft, ResourceDraft):
        content = draft.content
        return content.body.decode()[:LONGEST_SHOWN] if content is not None and content.is_text else ""
    return draft.text if isinstance(draft, TemplateDraft) else ""


def _try_url(asked: TenantPage, server: Server, row: PrimitiveRow) -> str:
    """Its place in the playground; empty where there is nothing to try, or not for this person."""
    is_served = row.definition is not None and row.primitive.is_enabled
    if not is_served or not asked.may(Ability.CALL_TOOLS):
        return ""
    shown = row.primitive.name if row.primitive.kind == PrimitiveKind.PROMPT else row.primitive.source
    return f"{asked.base}playground/{server.slug}/?{urlencode({row.primitive.kind: shown})}"


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def primitive_remove(asked: TenantPage, family: Family, server: str, **identity: UUID) -> HttpResponse:
    """Take it from the server."""
    found = server_of(asked, server)
    row = family.row(found, identity)
    server_primitive_remove(tenant=asked.tenant, actor=asked.actor, server=found, primitive=row)
    messages.success(asked.request, f"Removed {row.name}. Within seconds nobody sees or {family.use} it.")
    return HttpResponseRedirect(family.base(asked, found))
