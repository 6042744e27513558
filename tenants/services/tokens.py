"""Codes and tokens: what a consent is traded for, and what a refresh token is traded for (OAuth 2.1 section 4).

Everything here runs in the scope of the OAuth endpoints, and locks the connection before it looks at what belongs to
it: of two that come with the same code or token, the second finds what the first has done.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db.models import Q
from oauth2_provider.models import set_token_value

from tenants.models import AccessToken, ApiKey, Application, AuthorizationCode, Connection, RefreshToken
from tenants.publishing.changes import credentials_changed
from tenants.publishing.live import CONNECTIONS, live_changed
from tenants.selectors.connections import connection_is_live, connection_locked
from tenants.services.connection_ending import family_end
from tenants.token_format import Prefix, new_secret, successor

logger = logging.getLogger(__name__)

CODE_LIFETIME: Final = timedelta(seconds=60)
ACCESS_LIFETIME: Final = timedelta(minutes=15)
REFRESH_LIFETIME: Final = timedelta(days=30)
FAMILY_LIFETIME: Final = timedelta(days=180)
RETRY_WINDOW: Final = timedelta(seconds=60)
"""For how long after its first use a refresh token gives the same answer again, unless that answer has been used."""
CLIENT_USE_RESOLUTION: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """The secrets of an access token and of the refresh token that comes with it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A refresh token that may be traded for `pair`. `answered` is the access token of that pair where the client has
    been told before, and asks again."""

    old: RefreshToken
    pair: Pair
    answered: AccessToken | None = None


def new_pair() -> Pair:
    """The first pair of a family."""
    return Pair(access=new_secret(Prefix.ACCESS), refresh=new_secret(Prefix.REFRESH))


def code_issue(
    *, connection: Connection, secret: str, redirect_uri: str, challenge: str, resource: str, scopes: Sequence[str],
    now: datetime,
) -> AuthorizationCode:  # fmt: skip
    """Store a code for this connection. `challenge` is the S256 one of PKCE."""
    code: AuthorizationCode = AuthorizationCode.objects.create(
        tenant_id=connection.tenant_id,
        server_id=connection.server_id,
        user_id=connection.user_id,
        application_id=connection.application_id,
        connection=connection,
        code=secret,
        redirect_uri=redirect_uri,
        code_challenge=challenge,
        code_challenge_method="S256",
        resource=[resource],
        scope=" ".join(scopes),
        expires=now + CODE_LIFETIME,
    )
    return code


def code_examine(*, secret: str, application: Application, now: datetime) -> AuthorizationCode | None:
    """The code of this client, good to be traded now; None otherwise. One that was spent ends what came of it."""
    codes = AuthorizationCode.objects.filter(code=secret, application_id=application.pk)
    found = codes.first()
    connection = None if found is None else connection_locked(connection_id=found.connection_id)
    code: AuthorizationCode | None = codes.select_related("user").first()
    if code is None or connection is None:
        return None
    if code.spent_at is not None:
        if code.token_family is not None:
            _end_reused(connection, code.token_family, "a code was shown again")
        return None
    code.connection = connection
    return code if code.expires > now and connection_is_live(connection=connection) else None


def code_trade(*, code: AuthorizationCode, pair: Pair, now: datetime) -> AccessToken:
    """Spend the code for the first pair of a new family. The caller has examined it in the same scope."""
    family = uuid4()
    code.spent_at, code.token_family = now, family
    code.save(update_fields=["spent_at", "token_family", "updated"])
    if Connection.objects.filter(pk=code.connection_id, connected_at=None).update(connected_at=now):
        live_changed(tenant_id=code.tenant_id, name=CONNECTIONS)
    access = _store_access(code.connection, pair.access, family, code.scope, code.resource, now)
    _store_refresh(
        RefreshToken(
            access_token=access,
            token_family=family,
            scope=code.scope,
            resource=code.resource,
            expires_at=now + REFRESH_LIFETIME,
            family_expires_at=now + FAMILY_LIFETIME,
        ),
        code.connection,
        pair.refresh,
    )
    _touch_client(code.application_id, now)
    return access


def refresh_examine(*, secret: str, application: Application, now: datetime) -> Rotation | None:
    """What this client's refresh token may be traded for now; None where it is good for nothing.

    One that was traded before is answered alike within the retry window, as long as its successor is unused: the
    client lost the answer. Otherwise two hold it, and the family ends.
    """
    tokens = RefreshToken.objects.filter(token_checksum=_digest(secret), application_id=application.pk)
    found = tokens.first()
    connection = None if found is None else connection_locked(connection_id=found.connection_id)
    old = tokens.first()
    if old is None or connection is None or old.revoked is not None or old.token_family is None:
        return None
    old.connection = connection
    if min(old.expires_at, old.family_expires_at) <= now or not connection_is_live(connection=connection):
        return None
    if old.superseded_at is None:
        return Rotation(old, _following(old))
    rotation = _answered_before(old, now)
    if rotation is None:
        _end_reused(connection, old.token_family, "a refresh token was shown again")
    return rotation


def refresh_trade(*, rotation: Rotation, scopes: Sequence[str], now: datetime) -> AccessToken:
    """Supersede the old token by the pair, whose access token gets these scopes; where the client has been told before,
    the access token it was told of. The caller has examined it in the same scope."""
    if rotation.answered is not None:
        return rotation.answered
    old = rotation.old
    family: UUID = old.token_family
    RefreshToken.objects.filter(pk=old.pk).update(superseded_at=now, updated=now)
    access = _store_access(old.connection, rotation.pair.access, family, " ".join(scopes), old.resource, now)
    _store_refresh(
        RefreshToken(
            access_token=access,
            token_family=family,
            scope=old.scope,
            resource=old.resource,
            generation=old.generation + 1,
            expires_at=now + REFRESH_LIFETIME,
            family_expires_at=old.family_expires_at,
        ),
        old.connection,
        rotation.pair.refresh,
    )
    _touch_client(old.application_id, now)
    return access


def _following(old: RefreshToken) -> Pair:
    follows = {"family": old.token_family, "generation": old.generation + 1, "digest": old.token_checksum}
    return Pair(access=successor(Prefix.ACCESS, **follows), refresh=successor(Prefix.REFRESH, **follows))


def _answered_before(old: RefreshToken, now: datetime) -> Rotation | None:
    pair = _following(old)
    # By its digest too: were SECRET_KEY another by now, what we derive would not be what the client was told.
    following = RefreshToken.objects.filter(
        token_family=old.token_family, generation=old.generation + 1, token_checksum=_digest(pair.refresh)
    )
    unused = following.filter(superseded_at=None, access_token__isnull=False).select_related("access_token").first()
    if unused is None or old.superseded_at is None or old.superseded_at + RETRY_WINDOW <= now:
        return None
    return Rotation(old, pair, answered=unused.access_token)


def _store_access(
    connection: Connection, secret: str, family: UUID, scope: str, resource: list[str], now: datetime
) -> AccessToken:
    access = AccessToken(
        **_owner(connection),
        token_family=family,
        scope=scope,
        resource=resource,
        expires=now + ACCESS_LIFETIME,
    )
    set_token_value(access, secret)
    access.save(force_insert=True)
    credentials_changed(api_keys=ApiKey.objects.none(), access_tokens=AccessToken.objects.filter(pk=access.pk))
    return access


def _store_refresh(refresh: RefreshToken, connection: Connection, secret: str) -> None:
    for name, value in _owner(connection).items():
        setattr(refresh, name, value)
    set_token_value(refresh, secret)
    refresh.save(force_insert=True)


def _owner(connection: Connection) -> dict[str, UUID]:
    names = ("tenant_id", "server_id", "user_id", "application_id")
    return {"connection_id": connection.pk, **{name: getattr(connection, name) for name in names}}


def _touch_client(application_id: UUID, now: datetime) -> None:
    """A client that is used does not expire. Rarely written: many people may share one client."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - CLIENT_USE_RESOLUTION)
    Application.objects.filter(stale, pk=application_id).update(last_used_at=now, expires_at=None)


def _end_reused(connection: Connection, family: UUID, what: str) -> None:
    if family_end(family=family):
        extra = {"tenant": str(connection.tenant_id), "connection": str(connection.pk), "client": connection.client_id}
        logger.warning("%s: every token that came of it has ended", what, extra=extra)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
