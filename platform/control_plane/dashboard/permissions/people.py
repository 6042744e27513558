"""What single people may or may not do beside their role."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import READ_ONLY
from control_plane.dashboard.permissions.sections import permissions_context
from control_plane.dashboard.server_tabs import server_of
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import Grant, Membership, Server, ServerTool
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.selectors.grants import grant_get, grant_list
from tenants.selectors.members import member_list
from tenants.selectors.servers import server_tool_list
from tenants.services.grants import grant_remove, grant_set

EFFECTS: Final = ((Effect.ALLOW.value, "may call"), (Effect.DENY.value, "may not call"))


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A grant about one person, in words."""

    grant: Grant
    person: str
    role: str
    target: str

    @property
    def is_denial(self) -> bool:
        """True where it takes something away."""
        return self.grant.effect != Effect.ALLOW


class ExceptionForm(PageForm):
    """Somebody, what, and whether they may."""

    person = forms.ChoiceField(label="Person")
    effect = forms.ChoiceField(label="May they?", choices=EFFECTS)
    target = forms.ChoiceField(label="What")

    def __init__(self, *arguments: Any, members: list[Membership], tools: list[ServerTool], **options: Any) -> None:
        super().__init__(*arguments, **options)
        people = [(str(member.user_id), f"{_name(member)} · {member.role}") for member in members]
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        wide = [(f"{TargetKind.ANNOTATION.value}:{READ_ONLY}", "every read-only tool"), ("server:", "every tool")]
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            *((f"{TargetKind.TOOL.value}:{tool.pk}", tool.name) for tool in tools),
            *wide,
        ]

    def save(self, **which: Any) -> Grant | None:
        """The grant; None where the form says why not."""
        given = self.cleaned_data
        kind, _, target = given["target"].partition(":")
        said = {"subject_kind": SubjectKind.MEMBER.value, "subject": given["person"], "effect": given["effect"]}
        return self.ask(grant_set, **which, **said, target_kind=kind, target=target)


@page(Ability.MANAGE_GRANTS)
def exceptions(asked: TenantPage, server: str) -> HttpResponse:
    """All of them, and a form for one more."""
    found = server_of(asked, server)
    members, tools = list(member_list()), list(server_tool_list(server=found))
    form = ExceptionForm(asked.request.POST if asked.is_posted else None, members=members, tools=tools)
    if asked.is_posted and form.is_valid():
        grant = form.save(tenant=asked.tenant, actor=asked.actor, server=found)
        if grant is not None:
            messages.success(asked.request, "Saved. It counts within seconds.")
            return HttpResponseRedirect(asked.request.path)
    context = {
        **permissions_context(asked, found, "People"),
        "form": form,
        "rows": _rows(found, members, tools),
    }
    return show(asked, "dashboard/permissions/people.html", context, status=422 if form.errors else 200)


@page(Ability.MANAGE_GRANTS, methods=("POST",))
def exception_remove(asked: TenantPage, server: str, grant_id: UUID) -> HttpResponse:
    """Let the role alone decide again. Only for what is said of people: to take a key's or client's choice away is to
    widen it, which has its own form."""
    found = server_of(asked, server)
    grant = grant_get(server=found, grant_id=grant_id)
    if grant.subject_kind != SubjectKind.MEMBER:
        raise NotFoundError("There is no such exception.")
    grant_remove(tenant=asked.tenant, actor=asked.actor, server=found, grant=grant)
    messages.success(asked.request, "Removed. Their role decides again.")
    return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/permissions/people/")


def _rows(server: Server, members: list[Membership], tools: list[ServerTool]) -> list[ExceptionRow]:
    people = {str(member.user_id): member for member in members}
    targets = {str(tool.pk): tool.name for tool in tools} | {"": "every tool", READ_ONLY: "every read-only tool"}
    rows = []
    for grant in grant_list(server=server).filter(subject_kind=SubjectKind.MEMBER):
        member = people.get(grant.subject)
        name, role = ("a former member", "") if member is None else (_name(member), member.role)
        rows.append(ExceptionRow(grant, name, role, targets.get(grant.target, "a tool that is gone")))
    return rows


def _name(member: Membership) -> str:
    return str(member.user.name or member.user.email)
