"""What acts for people on a server: API keys and OAuth clients, in the scope of their tenant."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants import playground
from tenants.models import ApiKey, Application, Connection, Server


def keys_of_server(*, server: Server) -> QuerySet[ApiKey]:
    """Everybody's keys that are good for this server now, newest first, with their people. Their scopes say which of
    them open it for MCP clients, and which only manage it. Without those of the playground."""
    working = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    here = Q(all_servers=True) | Q(server_links__server_id=server.pk)
    lasting = ApiKey.objects.exclude(family=playground.FAMILY)
    return lasting.filter(working & here).select_related("user").distinct().order_by("-created_at", "pk")


def connections_of_member(*, server: Server, user_id: object) -> QuerySet[Connection]:
    """The clients that a person has let in on this server, newest first."""
    found = Connection.objects.filter(server_id=server.pk, user_id=user_id, revoked_at=None)
    return found.order_by("-consented_at", "pk")


def client_names(*, client_ids: Sequence[str]) -> dict[str, str]:
    """The names of OAuth clients by their ids: as they were when somebody let them in, else the tenant's own."""
    own = Application.objects.filter(client_id__in=client_ids).values_list("client_id", "name")
    seen = Connection.objects.filter(client_id__in=client_ids).order_by("consented_at")
    return dict(own) | {client: name for client, name in seen.values_list("client_id", "client_name") if name}
