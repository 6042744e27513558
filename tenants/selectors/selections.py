"""What was chosen for a key or a client beside what its person may: permissions of its own, in the tenant's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from tenants.models import Grant, Server, ServerTool


@dataclass(frozen=True, slots=True)
class Selection:
    """How many permissions of its own it has on a server."""

    slug: str
    name: str
    number: int


def selection_list(*, subject_kind: str, subject: str, servers: Iterable[Server]) -> list[Selection]:
    """For each of the servers, in their order; 0 where nothing was chosen. Two queries."""
    chosen = Grant.objects.filter(subject_kind=subject_kind, subject=subject).order_by()
    counts = dict(chosen.values_list("server_id").annotate(number=Count("pk")))
    return [Selection(server.slug, server.name, counts.get(server.pk, 0)) for server in servers]


def tool_names(*, tool_ids: Sequence[str]) -> list[str]:
    """The names of the tools with these ids, as far as they are still there. One query."""
    if not tool_ids:
        return []
    return list(ServerTool.objects.filter(pk__in=tool_ids).order_by("name").values_list("name", flat=True))
