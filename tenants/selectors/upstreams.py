"""Upstream MCP servers of a tenant and what they offer, in its scope."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.errors import NotFoundError
from tenants.models import Server, ServerPrimitive, ServerTool, Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import DefinitionState

WAITING = (DefinitionState.NEW, DefinitionState.CHANGED)
"""What somebody has to decide about."""


def upstream_list() -> QuerySet[Upstream]:
    """The tenant's upstreams by prefix, each with `approved_count` and `waiting_count` of its definitions."""
    rows: QuerySet[Upstream] = Upstream.objects.order_by("prefix")
    return rows.annotate(
        approved_count=Count("definitions", filter=Q(definitions__state=DefinitionState.APPROVED)),
        waiting_count=Count("definitions", filter=Q(definitions__state__in=WAITING)),
    )


def upstream_get(*, upstream_id: UUID) -> Upstream:
    """One of them; raises NotFoundError."""
    return _found(upstream_list(), upstream_id)


def upstream_locked(*, upstream_id: UUID) -> Upstream:
    """One of them, locked until the scope ends; raises NotFoundError."""
    return _found(Upstream.objects.select_for_update(of=("self",)), upstream_id)


def _found(rows: QuerySet[Upstream], upstream_id: UUID) -> Upstream:
    upstream = rows.filter(pk=upstream_id).first()
    if upstream is None:
        raise NotFoundError("There is no such upstream.")
    return upstream


def definition_list(*, upstream: Upstream) -> QuerySet[UpstreamDefinition]:
    """What it offers, or offered: what waits for somebody first, then by kind and key."""
    rows: QuerySet[UpstreamDefinition] = UpstreamDefinition.objects.filter(upstream_id=upstream.pk)
    return rows.select_related("decided_by").order_by("kind", "key")


def definition_get(*, upstream: Upstream, definition_id: UUID) -> UpstreamDefinition:
    """One of these; raises NotFoundError."""
    row = definition_list(upstream=upstream).filter(pk=definition_id).first()
    if row is None:
        raise NotFoundError("This upstream offers no such thing.")
    return row


def upstream_changes(*, upstream_id: UUID | None = None) -> QuerySet[UpstreamChange]:
    """What was done to upstreams, also to those that are gone, or to one of them; newest first."""
    rows: QuerySet[UpstreamChange] = UpstreamChange.objects.order_by("-created_at", "pk")
    return rows if upstream_id is None else rows.filter(upstream_id=upstream_id)


def servers_of(*, definition_ids: Iterable[UUID]) -> list[Server]:
    """The servers that have something of these definitions, by slug."""
    ids = list(definition_ids)
    tools = ServerTool.objects.filter(upstream_definition_id__in=ids).values("server_id")
    primitives = ServerPrimitive.objects.filter(upstream_definition_id__in=ids).values("server_id")
    return list(Server.objects.filter(Q(pk__in=tools) | Q(pk__in=primitives)).order_by("slug"))


def names_on_servers(*, upstream: Upstream) -> dict[UUID, list[tuple[str, str]]]:
    """By definition, where it is offered: the slug of each server with the name that it has there. Two queries."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    for model in (ServerTool, ServerPrimitive):
        rows = model.objects.filter(upstream_definition__upstream_id=upstream.pk).order_by("server__slug", "name")
        for definition_id, slug, name in rows.values_list("upstream_definition_id", "server__slug", "name"):
            found.setdefault(definition_id, []).append((slug, name))
    return found


def states_counted(definitions: Iterable[UpstreamDefinition]) -> Counter[str]:
    """How many of them are in each state."""
    return Counter(row.state for row in definitions)
