"""Choosing tools from the toolkits."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.servers.creation import toolkits_offered
from control_plane.dashboard.servers.forms import toolkit_title
from mcp_runtime.contract.tools import ToolDefinition
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models import ServerTool
from tenants.selectors.servers import server_tool_list
from tenants.services.server_tool_choice import server_tools_add


@dataclass(frozen=True, slots=True)
class Choice:
    """A tool that can be added, or why not: it is here already, under this name, or another tool has its name."""

    definition: ToolDefinition
    value: str
    is_chosen: bool
    here_as: str = ""
    name_taken: bool = False

    @property
    def is_open(self) -> bool:
        """True where it can be added under its own name."""
        return not self.here_as and not self.name_taken


@dataclass(frozen=True, slots=True)
class ToolkitChoices:
    """The tools of one toolkit."""

    name: str
    title: str
    description: str
    is_for_development: bool
    choices: list[Choice]

    @property
    def open_count(self) -> int:
        """How many can be added."""
        return sum(choice.is_open for choice in self.choices)


class ToolsForm(PageForm):
    """Which tools, each as `toolkit/tool`."""

    tools = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one tool."}
    )

    def __init__(self, *arguments: Any, definitions: list[ToolDefinition], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["tools"].choices = [(value_of(each), each.name) for each in definitions]  # type: ignore[attr-defined]

    def save(self, **which: Any) -> list[ServerTool] | None:
        """The tools; None where the form says why not."""
        pairs = [tuple(value.split("/", 1)) for value in self.cleaned_data["tools"]]
        return self.ask(server_tools_add, **which, tools=pairs)


@page(Ability.MANAGE_SERVERS)
def tools_add(asked: TenantPage, server: str) -> HttpResponse:
    """The toolkits with what is in them; then the list of tools."""
    found = server_of(asked, server)
    definitions = list(tool_catalogue().definitions())
    form = ToolsForm(asked.request.POST if asked.is_posted else None, definitions=definitions)
    if asked.is_posted and form.is_valid():
        added = form.save(tenant=asked.tenant, actor=asked.actor, server=found)
        if added is not None:
            words = added[0].name if len(added) == 1 else f"{len(added)} tools"
            messages.success(
                asked.request, f"Added {words}. Owners and admins can call them; grant them to others here."
            )
            return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/permissions/")
    present = list(server_tool_list(server=found))
    context = {
        **server_context(asked, found, "Tools"),
        "form": form,
        "toolkits": _toolkits(definitions, present, form["tools"].value() or []),
        "room": max(asked.tenant.limits.tools_per_server - len(present), 0),
        "most": asked.tenant.limits.tools_per_server,
    }
    return show(asked, "dashboard/tools/add.html", context, status=422 if form.errors else 200)


def value_of(definition: ToolDefinition) -> str:
    """What names a tool of the catalogue in the form."""
    return f"{definition.toolkit}/{definition.name}"


def _toolkits(definitions: list[ToolDefinition], present: list[ServerTool], chosen: list[str]) -> list[ToolkitChoices]:
    here, names = {(tool.toolkit, tool.tool): tool.name for tool in present}, {tool.name for tool in present}

    def choice(definition: ToolDefinition) -> Choice:
        value, here_as = value_of(definition), here.get((definition.toolkit, definition.name), "")
        return Choice(definition, value, value in chosen, here_as, definition.name in names and not here_as)

    return [
        ToolkitChoices(
            name=toolkit.name,
            title=toolkit_title(toolkit),
            description=toolkit.description,
            is_for_development=toolkit.development,
            choices=[choice(each) for each in definitions if each.toolkit == toolkit.name],
        )
        for toolkit, _ in toolkits_offered()
    ]
