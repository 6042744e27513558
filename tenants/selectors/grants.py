"""Grants of a server, in the scope of its tenant."""

from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from tenants.errors import NotFoundError
from tenants.models import Grant, Server


def grant_list(*, server: Server) -> QuerySet[Grant]:
    """A server's grants, in a stable order."""
    return Grant.objects.filter(server_id=server.pk).order_by("subject_kind", "subject", "target_kind", "target")


def grants_of_servers() -> dict[UUID, list[Grant]]:
    """The grants of all servers, by server. One query."""
    found = defaultdict(list)
    for grant in Grant.objects.all():
        found[grant.server_id].append(grant)
    return found


def grant_get(*, server: Server, grant_id: UUID) -> Grant:
    """One of a server's grants; raises NotFoundError."""
    grant: Grant | None = Grant.objects.filter(server_id=server.pk, pk=grant_id).first()
    if grant is None:
        raise NotFoundError("There is no such grant.")
    return grant
