"""Resources, templates and prompts of servers, in the scope of their tenant."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from tenants.errors import NotFoundError
from tenants.models import HostedContent, Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind

WORDS: Final = {
    PrimitiveKind.RESOURCE: "resource",
    PrimitiveKind.TEMPLATE: "resource template",
    PrimitiveKind.PROMPT: "prompt",
}
"""What each kind is called."""


def server_primitive_list(*, server: Server, kinds: Sequence[str]) -> QuerySet[ServerPrimitive]:
    """A server's primitives of these kinds, by kind and name."""
    rows = ServerPrimitive.objects.filter(server_id=server.pk, kind__in=kinds).order_by("kind", "name")
    return rows.select_related("upstream_definition__upstream")


def server_primitive_get(*, server: Server, kinds: Sequence[str], primitive_id: UUID) -> ServerPrimitive:
    """One of them; raises NotFoundError, also for one of another kind or server."""
    found: ServerPrimitive | None = server_primitive_list(server=server, kinds=kinds).filter(pk=primitive_id).first()
    if found is None:
        raise NotFoundError(f"There is no such {WORDS[PrimitiveKind(kinds[0])]}.")
    return found


def hosted_primitive_get(*, server: Server, kind: str, primitive_id: UUID) -> ServerPrimitive:
    """One that the tenant hosts itself, together with its content. Raises NotFoundError, also for one of another kind,
    server or origin."""
    rows = server_primitive_list(server=server, kinds=[kind]).filter(content__isnull=False).select_related("content")
    found: ServerPrimitive | None = rows.filter(pk=primitive_id).first()
    if found is None:
        raise NotFoundError(f"There is no such {WORDS[PrimitiveKind(kind)]}.")
    return found


def hosted_content_read(*, primitive_id: UUID) -> HostedContent | None:
    """The content of a hosted one, or None where there is none."""
    found: HostedContent | None = HostedContent.objects.filter(primitive_id=primitive_id).first()
    return found


def server_primitive_counts(*, server: Server) -> dict[str, int]:
    """How many of each kind a server has, those that are switched off among them. One query."""
    rows = ServerPrimitive.objects.filter(server_id=server.pk).order_by().values_list("kind")
    counted = dict(rows.annotate(number=Count("pk")))
    return {kind.value: counted.get(kind.value, 0) for kind in PrimitiveKind}
