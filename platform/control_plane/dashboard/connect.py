"""Connect: how each client is told of a server, a key on the spot, and who has come."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from control_plane.connect.catalogue import CLIENTS, client_of
from control_plane.connect.set_up import Auth, SetUp
from control_plane.connect.target import PLACEHOLDER, Target
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.connect_steps import connect_steps
from control_plane.dashboard.once import OnceForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import Tab, server_context, server_of, server_url
from tenants.abilities import Ability
from tenants.models import Server
from tenants.selectors.arrivals import server_standing
from tenants.selectors.servers import server_tool_list
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_create

SCOPES = ("mcp:read", "mcp:call")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A client, and the way it is to prove who it acts for."""

    client: SetUp
    auth: Auth

    @property
    def query(self) -> str:
        """What leads back to it."""
        return urlencode({"client": self.client.slug, "auth": self.auth.value})


class KeyForm(OnceForm):
    """Makes a key for one client. Nothing is asked but that it is wanted."""


@page(Ability.CALL_TOOLS)
def connect(asked: TenantPage, server: str) -> HttpResponse:
    """The set-up of the chosen client. A key that is made here is on the answer that made it, and nowhere else."""
    found, chosen = server_of(asked, server), _chosen(asked)
    form = KeyForm(asked.request.POST or None, place=asked.request.path)
    wants_key = chosen.auth is Auth.KEY
    issued = _make_key(asked, found, chosen, form) if asked.is_posted and wants_key and form.is_valid() else None
    if asked.is_posted:
        form.renew()
    target = Target(server_url(asked.tenant, found), found.slug, is_local=settings.EMBEDDED)
    key = PLACEHOLDER if issued is None else issued.secret
    context = {
        **server_context(asked, found, "Connect"),
        **_now(asked, found),
        "chosen": chosen,
        "clients": [_tab(client, chosen) for client in CLIENTS],
        "ways": [(auth, Chosen(chosen.client, auth).query) for auth in chosen.client.ways if auth != chosen.auth],
        "blocks": chosen.client.blocks(target, chosen.auth, key),
        "is_out_of_reach": chosen.client.runs_elsewhere and chosen.auth is Auth.SIGN_IN and target.is_local,
        "wants_key": wants_key,
        "issued": issued,
        "form": form,
    }
    return show(asked, "dashboard/connect/page.html", context, status=422 if form.errors else 200)


@page(Ability.CALL_TOOLS, methods=("GET",))
def connect_now(asked: TenantPage, server: str) -> HttpResponse:
    """What changes while somebody waits for their client, alone."""
    found = server_of(asked, server)
    context = {"server": found, "server_base": f"{asked.base}servers/{found.slug}/", **_now(asked, found)}
    return show(asked, "dashboard/connect/now.html", context)


def _now(asked: TenantPage, server: Server) -> dict[str, Any]:
    standing = server_standing(actor=asked.actor, server=server)
    toolkits = list(server_tool_list(server=server).filter(is_enabled=True).values_list("toolkit", flat=True))
    return {"standing": standing, "steps": connect_steps(server, toolkits, standing)}


def _chosen(asked: TenantPage) -> Chosen:
    """By the query; a form is sent for a key. A way that the client does not know is passed over, and so is a client
    that nobody knows."""
    client = client_of(asked.request.GET.get("client", ""))
    wanted = Auth.KEY if asked.is_posted else asked.request.GET.get("auth", "")
    return Chosen(client, Auth(wanted) if wanted in client.ways else client.ways[0])


def _make_key(asked: TenantPage, server: Server, chosen: Chosen, form: KeyForm) -> IssuedApiKey | None:
    return form.ask(
        api_key_create,
        tenant=asked.tenant,
        actor=asked.actor,
        name=f"{chosen.client.label} · Connect page",
        scopes=SCOPES,
        servers=[server],
        family=form.cleaned_data["once"],
    )


def _tab(client: SetUp, chosen: Chosen) -> Tab:
    """Who prefers keys goes on with keys, where the client knows them."""
    auth = chosen.auth if chosen.auth in client.ways else client.ways[0]
    return Tab(client.label, f"?{Chosen(client, auth).query}", active=client is chosen.client)


urlpatterns = [
    path("servers/<label:server>/connect/", connect, name="server_connect"),
    path("servers/<label:server>/connect/now", connect_now, name="server_connect_now"),
]
