"""Ending everything that one OAuth client was let into."""

from django.utils import timezone

from tenants.actor import Actor
from tenants.models import Connection, Tenant
from tenants.scope import tenant_scope
from tenants.selectors.connections import connection_list
from tenants.services.connection_ending import connections_end


def connections_of_client_revoke(*, tenant: Tenant, actor: Actor, client_id: str) -> int:
    """End every live connection of this client that the actor may end: their own, or everybody's for owner and admin.

    Returns how many; none alike where the client is somebody else's or does not exist.
    """
    with tenant_scope(tenant):
        live = connection_list(actor=actor).filter(client_id=client_id, revoked_at=None)
        ids = list(live.values_list("pk", flat=True))
        connections_end(Connection.objects.filter(pk__in=ids), now=timezone.now())
        return len(ids)
