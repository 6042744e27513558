"""Removing what is past its time."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from tenants.models import (
    AccessToken,
    AuthorizationCode,
    Call,
    Connection,
    IDToken,
    Job,
    JobLine,
    JobResult,
    RefreshToken,
    SecretChange,
    UpstreamChange,
    UpstreamSignIn,
)
from tenants.publishing.changes import access_tokens_gone
from tenants.selectors.housekeeping import retention_scope
from tenants.services.connection_ending import connections_end
from tenants.services.registered_clients import clients_remove_unused

CALLS_KEPT: Final = timedelta(days=90)
TOKENS_KEPT: Final = timedelta(days=1)
"""How long an expired code or token is kept, to answer for it."""
ENDED_CONNECTIONS_KEPT: Final = timedelta(days=90)
UNUSED_CONSENTS_KEPT: Final = timedelta(days=1)
"""How long a connection waits for a client that never fetched its tokens."""
BATCH: Final = 5_000


def retention_apply() -> dict[str, int]:
    """Remove what is past its time, at most a batch of each; returns how many of each."""
    now = timezone.now()
    with retention_scope():
        connections_end(_connections_without_tokens(now), now=now)
        old_calls = Call.objects.filter(time__lt=now - CALLS_KEPT).order_by("time").values_list("pk", flat=True)
        stale = AccessToken.objects.filter(expires__lt=now - TOKENS_KEPT).values_list("pk", flat=True)
        tokens = AccessToken.objects.filter(pk__in=list(stale[:BATCH]))
        access_tokens_gone(tokens)
        return {
            "calls": Call.objects.filter(pk__in=list(old_calls[:BATCH])).delete()[0],
            "secret_changes": SecretChange.objects.filter(created_at__lt=now - CALLS_KEPT).delete()[0],
            "upstream_changes": UpstreamChange.objects.filter(created_at__lt=now - CALLS_KEPT).delete()[0],
            "access_tokens": tokens.delete()[0],
            "id_tokens": IDToken.objects.filter(expires__lt=now - TOKENS_KEPT).delete()[0],
            "upstream_sign_ins": UpstreamSignIn.objects.filter(expires_at__lt=now).delete()[0],
            "codes": AuthorizationCode.objects.filter(expires__lt=now - TOKENS_KEPT).delete()[0],
            "refresh_tokens": RefreshToken.objects.filter(expires_at__lt=now - TOKENS_KEPT).delete()[0],
            "connections": _connections_past_their_time(now).delete()[0],
            "oauth_clients": clients_remove_unused(most=BATCH, now=now),
            "jobs": _remove_jobs(now),
        }


def _remove_jobs(now: datetime) -> int:
    """Those that nobody may ask for any more, with their results and logs, which are not read for that."""
    ids = list(Job.objects.filter(expires_at__lt=now).values_list("pk", flat=True)[:BATCH])
    for part in (JobLine, JobResult):
        part.objects.filter(job_id__in=ids).delete()
    Job.objects.filter(pk__in=ids).only("pk").delete()
    return len(ids)


def _connections_without_tokens(now: datetime) -> QuerySet[Connection]:
    """Begun, but nothing that their client holds is good for anything any more."""
    begun = Connection.objects.filter(
        revoked_at=None, connected_at__isnull=False, consented_at__lt=now - UNUSED_CONSENTS_KEPT
    )
    refreshable = RefreshToken.objects.filter(connection_id=OuterRef("pk"), expires_at__gt=now)
    good = AccessToken.objects.filter(connection_id=OuterRef("pk"), expires__gt=now)
    ids = begun.filter(~Exists(refreshable), ~Exists(good)).values_list("pk", flat=True)
    return Connection.objects.filter(pk__in=list(ids[:BATCH]))


def _connections_past_their_time(now: datetime) -> QuerySet[Connection]:
    """Ended long ago, or never begun. Neither has a token."""
    ended = Q(revoked_at__lt=now - ENDED_CONNECTIONS_KEPT)
    unused = Q(connected_at=None, consented_at__lt=now - UNUSED_CONSENTS_KEPT)
    ids = Connection.objects.filter(ended | unused).values_list("pk", flat=True)
    return Connection.objects.filter(pk__in=list(ids[:BATCH]))
