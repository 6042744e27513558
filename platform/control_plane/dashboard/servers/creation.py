"""A new server."""

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.servers.forms import ServerForm, toolkit_title
from mcp_runtime.contract.ports import OfferedToolkit
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import offered_primitives


@page(Ability.MANAGE_SERVERS)
def server_new(asked: TenantPage) -> HttpResponse:
    """The form; then the server's own page."""
    offered = toolkits_offered()
    form = ServerForm(asked.request.POST or None, offered=offered)
    if asked.is_posted and form.is_valid():
        server = form.make(tenant=asked.tenant, actor=asked.actor)
        if server is not None:
            messages.success(asked.request, f"Made {server.name}.")
            next_page = "" if form.cleaned_data["toolkits"] else "tools/add"
            return HttpResponseRedirect(f"{asked.base}servers/{server.slug}/{next_page}")
    chosen = form["toolkits"].value() or []
    context = {
        "form": form,
        "prefix": f"{urlsplit(settings.PUBLIC_URL).netloc}/mcp/{asked.tenant.slug}/",
        "offered": [
            (
                each,
                toolkit_title(each),
                f"{each.description} {contents_in_words(each, tools)}.",
                each.name in chosen,
            )
            for each, tools in offered
        ],
    }
    return show(asked, "dashboard/servers/new.html", context, status=422 if form.errors else 200)


def contents_in_words(toolkit: OfferedToolkit, tools: int) -> str:
    """What comes with a toolkit: `2 tools, 1 resource`."""
    kinds = [kind for kind, name, _ in offered_primitives(tool_catalogue()) if name == toolkit.name]
    prompts = kinds.count(PrimitiveKind.PROMPT)
    numbers = {"tool": tools, "resource": len(kinds) - prompts, "prompt": prompts}
    parts = [f"{number} {word}{'' if number == 1 else 's'}" for word, number in numbers.items() if number]
    return ", ".join(parts) or "nothing yet"


def toolkits_offered() -> list[tuple[OfferedToolkit, int]]:
    """The toolkits of this installation with how many tools each has; those for trying things out come last."""
    catalogue = tool_catalogue()
    tools = Counter(definition.toolkit for definition in catalogue.definitions())
    return [
        (each, tools[each.name]) for each in sorted(catalogue.toolkits, key=lambda each: (each.development, each.name))
    ]
