"""How OAuth clients are used in a tenant, in its scope."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from tenants.models import Application, Connection


def connection_counts(*, application_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many connections live, by client; one without any is left out. One query."""
    live = Connection.objects.filter(application_id__in=list(application_ids), revoked_at=None).order_by()
    return dict(live.values_list("application_id").annotate(number=Count("pk")))


def applications_of_tenant(*, application_ids: Iterable[UUID]) -> set[UUID]:
    """Those of them that the tenant has set up itself. One query."""
    return set(Application.objects.filter(pk__in=list(application_ids)).values_list("pk", flat=True))
