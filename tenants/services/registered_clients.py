"""OAuth clients that come by themselves: those that registered (RFC 7591), and those that describe themselves by a
document at a URL of their own. They are no tenant's, and go again when nobody uses them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from tenants.errors import LimitReachedError
from tenants.models import Application, Connection
from tenants.models.application import AuthMethod
from tenants.selectors.housekeeping import oauth_scope
from tenants.services.connection_ending import connections_end

UNUSED_KEPT: Final = timedelta(days=1)
"""How long a client may take until it gets its first token."""
IDLE_KEPT: Final = timedelta(days=90)
"""How long after its last token a client is kept."""
MOST_UNUSED: Final = 10_000
"""How many there may be of either kind that never got a token."""
RATE_WINDOW: Final = timedelta(hours=1)

_SOURCE: Final = Application.RegistrationSource
_PUBLIC: Final = {
    "client_type": Application.CLIENT_PUBLIC,
    "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
    "auth_method": AuthMethod.NONE,
    "client_secret": "",
    "hash_client_secret": False,
}


def client_register(
    *, name: str, redirect_uris: Sequence[str], client_uri: str, registered_from: str, most: int, now: datetime
) -> Application:
    """A public client that registered itself from this address or network, whose metadata the caller has checked.

    Raises LimitReachedError: `registrations_per_hour` where `most` came from there within an hour,
    `unused_clients` where too many wait for their first use.
    """
    with oauth_scope():
        recent = Application.objects.filter(
            registration_source=_SOURCE.DCR, registered_from=registered_from, created__gt=now - RATE_WINDOW
        )
        if recent.count() >= most:
            raise LimitReachedError("Too many clients.", limit="registrations_per_hour", maximum=most)
        _check_room(_SOURCE.DCR)
        client: Application = Application.objects.create(
            **_PUBLIC,
            client_id=secrets.token_hex(16),
            name=name,
            redirect_uris=" ".join(redirect_uris),
            client_uri=client_uri,
            registration_source=_SOURCE.DCR,
            registered_from=registered_from,
            expires_at=now + UNUSED_KEPT,
        )
        return client


def described_client_get(*, client_id: str) -> Application | None:
    """What is kept of a document by its URL, however old."""
    with oauth_scope():
        return _described(client_id).first()


def client_describe(
    *, client_id: str, name: str, redirect_uris: Sequence[str], client_uri: str, fresh_until: datetime, now: datetime
) -> Application:
    """A public client as its document says now, which the caller has read and checked: from now on this counts.

    Raises LimitReachedError (`unused_clients`) where a new one finds too many that wait for their first use.
    """
    with oauth_scope():
        kept = _described(client_id).first()
        if kept is None:
            _check_room(_SOURCE.CIMD)
        values: dict[str, Any] = {
            **_PUBLIC,
            "name": name,
            "redirect_uris": " ".join(redirect_uris),
            "client_uri": client_uri,
            "cimd_expires_at": fresh_until,
        }
        if kept is None or kept.last_used_at is None:
            values["expires_at"] = now + UNUSED_KEPT
        client: Application
        client, _ = Application.objects.update_or_create(
            client_id=client_id, registration_source=_SOURCE.CIMD, defaults=values
        )
        return client


def clients_remove_unused(*, most: int, now: datetime) -> int:
    """Remove clients that came by themselves and are not used, at most so many, in the scope of the retention.

    Whatever was left of their connections ends. Returns how many clients there were.
    """
    never = Q(last_used_at=None, expires_at__lt=now)
    idle = Q(last_used_at__lt=now - IDLE_KEPT)
    by_themselves = Application.objects.filter(never | idle, registration_source__in=(_SOURCE.DCR, _SOURCE.CIMD))
    ids = list(by_themselves.select_for_update().values_list("pk", flat=True)[:most])
    connections_end(Connection.objects.filter(application_id__in=ids), now=now)
    Application.objects.filter(pk__in=ids).delete()
    return len(ids)


def _described(client_id: str) -> QuerySet[Application]:
    found: QuerySet[Application] = Application.objects.filter(client_id=client_id, registration_source=_SOURCE.CIMD)
    return found


def _check_room(source: str) -> None:
    if Application.objects.filter(registration_source=source, last_used_at=None).count() >= MOST_UNUSED:
        raise LimitReachedError(
            "Too many clients wait for their first use.", limit="unused_clients", maximum=MOST_UNUSED
        )
