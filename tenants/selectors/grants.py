"""Grants of a server, in the scope of its tenant."""

from django.db.models import QuerySet

from tenants.models import Grant, Server


def grant_list(*, server: Server) -> QuerySet[Grant]:
    """A server's grants, in a stable order."""
    return Grant.objects.filter(server_id=server.pk).order_by("subject_kind", "subject", "target_kind", "target")
