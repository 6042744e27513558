"""A client gives its tokens back (RFC 7009)."""

import hashlib
from datetime import datetime

from tenants.models import AccessToken, Application, Connection, RefreshToken
from tenants.selectors.connections import connection_locked
from tenants.services.connection_ending import connections_end, family_end


def token_revoke(*, secret: str, application: Application, now: datetime) -> bool:
    """End the family of this client's access or refresh token, and with the last family the connection. Returns False
    where the client has no such token. In the scope of the OAuth endpoints."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    for model in (RefreshToken, AccessToken):
        found = model.objects.filter(token_checksum=digest, application_id=application.pk).first()
        if found is None:
            continue
        connection_locked(connection_id=found.connection_id)
        if found.token_family is not None:
            family_end(family=found.token_family)
        if not RefreshToken.objects.filter(connection_id=found.connection_id).exists():
            connections_end(Connection.objects.filter(pk=found.connection_id), now=now)
        return True
    return False
