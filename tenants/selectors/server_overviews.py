"""Servers with what lists and warnings say of them, in the scope of their tenant."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from tenants import playground
from tenants.actor import Actor
from tenants.models import ApiKey, Connection, Server, ServerTool
from tenants.selectors.servers import server_list
from tenants.selectors.usage import calls_by_server


@dataclass(frozen=True, slots=True)
class ServerOverview:
    """A server, how many tools it serves, and how many calls of it the actor may see."""

    server: Server
    tools: int
    calls: int


@dataclass(frozen=True, slots=True)
class Dependents:
    """What stops working with a server's URL: live connections and the people behind them, keys in use that are good
    for this server alone, and for others too."""

    connections: int
    people: int
    keys_for_it_alone: int
    keys_for_others_too: int


def server_overview_list(*, actor: Actor, since: datetime) -> list[ServerOverview]:
    """The actor's servers by slug, with their calls since a time. Three queries, however many servers."""
    counted = ServerTool.objects.filter(is_enabled=True).order_by().values_list("server_id").annotate(tools=Count("*"))
    tools, calls = dict(counted), calls_by_server(actor=actor, since=since)
    return [
        ServerOverview(server=server, tools=tools.get(server.pk, 0), calls=calls.get(server.pk, 0))
        for server in server_list(actor=actor)
    ]


def server_dependents(*, server: Server) -> Dependents:
    """Who would notice if the server's URL answered no more."""
    connections = Connection.objects.filter(server_id=server.pk, revoked_at=None)
    good = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now())) & ~Q(family=playground.FAMILY)
    everywhere = ApiKey.objects.filter(good, all_servers=True).count()
    chosen = ApiKey.objects.filter(good, all_servers=False).annotate(
        here=Count("server_links", filter=Q(server_links__server_id=server.pk)), all=Count("server_links")
    )
    alone = chosen.filter(here=1, all=1).count()
    return Dependents(
        connections=connections.count(),
        people=connections.values("user_id").distinct().count(),
        keys_for_it_alone=alone,
        keys_for_others_too=everywhere + chosen.filter(here=1, all__gt=1).count(),
    )
