"""Writing resources, templates and prompts of one's own, with a preview; and downloading what a resource holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_primitives.families import Family
from control_plane.dashboard.server_primitives.hosted_forms import (
    HostedForm,
    ResourceForm,
    TemplateForm,
    shown_template,
    template_places,
)
from control_plane.dashboard.server_primitives.prompt_form import PromptForm, prompt_places, shown_prompt
from control_plane.dashboard.server_tabs import server_of
from tenants.abilities import Ability
from tenants.errors import InvalidValueError, NotFoundError
from tenants.hosted_drafts import Draft
from tenants.hosted_stored import stored_draft
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.server_primitives import hosted_primitive_get
from tenants.services.hosted_primitives import hosted_primitive_create, hosted_primitive_update

LONGEST_SHOWN: Final = 20_000
"""As much of a preview as a page shows, in characters."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind is called and written with; what of a draft is filled in, and what it then reads like."""

    words: str
    form: type[HostedForm]
    template: str
    places: Callable[[Any], dict[str, str]] = lambda _: {}
    preview: Callable[[Any, dict[str, str]], list[tuple[str, str]]] | None = None


KINDS: Final = {
    PrimitiveKind.RESOURCE: Kind("resource", ResourceForm, "resource_fields"),
    PrimitiveKind.TEMPLATE: Kind("resource template", TemplateForm, "template_fields", template_places, shown_template),
    PrimitiveKind.PROMPT: Kind("prompt", PromptForm, "prompt_fields", prompt_places, shown_prompt),
}


class ValuesForm(PageForm):
    """A value for each place of a preview."""

    def __init__(self, places: dict[str, str], sent: Any = None) -> None:
        names = {f"value_{name}": name for name in places}
        self.values = {
            name: places[name] if sent is None else sent.get(field, places[name]) for field, name in names.items()
        }
        super().__init__(initial={field: self.values[name] for field, name in names.items()})
        for field, name in names.items():
            self.fields[field] = forms.CharField(required=False, label=name)


@page(Ability.MANAGE_SERVERS)
def hosted_new(asked: TenantPage, family: Family, kind: PrimitiveKind, server: str) -> HttpResponse:
    """The form of a new one."""
    return _written(asked, family, kind, server, None)


@page(Ability.MANAGE_SERVERS)
def hosted_edit(asked: TenantPage, family: Family, server: str, **identity: UUID) -> HttpResponse:
    """The form with what is kept."""
    found = server_of(asked, server)
    row = family.hosted_row(found, identity)
    return _written(asked, family, PrimitiveKind(row.kind), server, row)


@page(methods=("GET",))
def hosted_content(asked: TenantPage, family: Family, server: str, **identity: UUID) -> HttpResponse:
    """What a resource holds, as a file."""
    row = family.hosted_row(server_of(asked, server), identity)
    if row.kind != PrimitiveKind.RESOURCE:
        raise NotFoundError("There is no such resource.")
    answer = HttpResponse(bytes(row.content.body), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _written(
    asked: TenantPage, family: Family, kind: PrimitiveKind, server: str, row: ServerPrimitive | None
) -> HttpResponse:
    found, which, sent = server_of(asked, server), KINDS[kind], asked.request.POST
    kept = None if row is None else stored_draft(row)
    do = sent.get("do", "save") if asked.is_posted else ""
    if do == "more" and which.form is PromptForm:
        form = PromptForm.with_more(sent)
    else:
        form = which.form.of(kept, *((sent, asked.request.FILES) if asked.is_posted else ()))
    if do == "save" and form.is_valid():
        who = {"tenant": asked.tenant, "actor": asked.actor, "server": found}
        saved = form.ask(lambda: _saved(who, row, form.draft()))
        if saved is not None:
            messages.success(asked.request, f"Saved {saved.name}. Connected clients have it within seconds.")
            return HttpResponseRedirect(f"{family.base(asked, found)}{saved.pk}/")
    values, preview = _preview(which, form, sent if do == "preview" else None, kept if not asked.is_posted else None)
    context = {
        **family.context(asked, found),
        "kind": which,
        "fields": f"dashboard/primitives/{which.template}.html",
        "row": row,
        "form": form,
        "values": values,
        "preview": preview,
        "has_preview": which.preview is not None,
        "lost_file": bool(asked.request.FILES),
    }
    return show(asked, "dashboard/primitives/hosted.html", context, status=422 if form.errors else 200)


def hosted_draft(server: Server, row: ServerPrimitive) -> Draft:
    """What is kept of one that is hosted. Raises NotFoundError."""
    return stored_draft(hosted_primitive_get(server=server, kind=row.kind, primitive_id=row.pk))


def _saved(who: dict[str, Any], row: ServerPrimitive | None, draft: Draft) -> ServerPrimitive:
    if row is None:
        return hosted_primitive_create(**who, draft=draft)
    return hosted_primitive_update(**who, primitive_id=row.pk, draft=draft)


def _preview(
    kind: Kind, form: HostedForm, sent: Any, kept: Draft | None
) -> tuple[ValuesForm | None, list[tuple[str, str]]]:
    """What the form, or what is kept, reads like; where it says nothing that could be read, the form says why."""
    if kind.preview is None or (sent is None and kept is None) or (sent is not None and not form.is_valid()):
        return None, []
    try:
        draft = form.draft() if kept is None else kept
        values = ValuesForm(kind.places(draft), sent)
        shown = kind.preview(draft, values.values)
    except InvalidValueError as error:
        field = str(error.extra.get("field", ""))
        form.add_error(cast("Any", field if field in form.fields else None), error.message)
        return None, []
    return values, [(who, said[:LONGEST_SHOWN]) for who, said in shown]
