"""Ending connections, and families of tokens: what was given out for them stops within seconds, everywhere."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tenants.models import AccessToken, AuthorizationCode, Connection, RefreshToken
from tenants.publishing.changes import access_tokens_gone
from tenants.publishing.live import CONNECTIONS, live_changed


def connections_end(connections: QuerySet[Connection], *, now: datetime) -> None:
    """End these, with every code and token of theirs. The rows stay, to be shown as ended."""
    living = list(connections.filter(revoked_at=None).values_list("pk", "tenant_id"))
    ids, tenants = [pk for pk, _ in living], {tenant_id for _, tenant_id in living}
    Connection.objects.filter(pk__in=ids).update(revoked_at=now, updated_at=now)
    tokens = AccessToken.objects.filter(connection_id__in=ids)
    access_tokens_gone(tokens)
    RefreshToken.objects.filter(connection_id__in=ids).delete()
    AuthorizationCode.objects.filter(connection_id__in=ids).delete()
    tokens.delete()
    for tenant_id in tenants:
        live_changed(tenant_id=tenant_id, name=CONNECTIONS)


def family_end(*, family: UUID) -> bool:
    """End every token that came from one code; False where it had ended before."""
    tokens = AccessToken.objects.filter(token_family=family)
    access_tokens_gone(tokens)
    refresh_tokens, _ = RefreshToken.objects.filter(token_family=family).delete()
    access_tokens, _ = tokens.delete()
    return bool(refresh_tokens or access_tokens)
