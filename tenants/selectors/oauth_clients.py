"""OAuth clients that a tenant has set up, in its scope. Those that registered themselves are no tenant's."""

from uuid import UUID

from django.db.models import QuerySet

from tenants.errors import NotFoundError
from tenants.models import Application


def oauth_client_list() -> QuerySet[Application]:
    """The tenant's clients, by name."""
    clients: QuerySet[Application] = Application.objects.order_by("name", "pk")
    return clients


def oauth_client_get(*, oauth_client_id: UUID) -> Application:
    """One of them; raises NotFoundError."""
    client: Application | None = Application.objects.filter(pk=oauth_client_id).first()
    if client is None:
        raise NotFoundError("There is no such OAuth client.")
    return client


def oauth_client_locked(*, oauth_client_id: UUID) -> Application:
    """One of them, locked until the scope ends; raises NotFoundError."""
    client: Application | None = Application.objects.select_for_update(of=("self",)).filter(pk=oauth_client_id).first()
    if client is None:
        raise NotFoundError("There is no such OAuth client.")
    return client
