"""Removing what is past its time."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from tenants.models import AccessToken, AuthorizationCode, Call, IDToken, RefreshToken
from tenants.publishing.changes import access_tokens_gone
from tenants.selectors.housekeeping import retention_scope

CALLS_KEPT: Final = timedelta(days=90)
TOKENS_KEPT: Final = timedelta(days=1)
"""How long an expired code or token is kept, to answer for it."""
REFRESH_TOKENS_KEPT: Final = timedelta(days=180)
BATCH: Final = 5_000


def retention_apply() -> dict[str, int]:
    """Remove what is past its time, at most a batch of each; returns how many of each."""
    now = timezone.now()
    with retention_scope():
        old_calls = Call.objects.filter(time__lt=now - CALLS_KEPT).order_by("time").values_list("pk", flat=True)
        stale = AccessToken.objects.filter(expires__lt=now - TOKENS_KEPT).values_list("pk", flat=True)
        tokens = AccessToken.objects.filter(pk__in=list(stale[:BATCH]))
        access_tokens_gone(tokens)
        return {
            "calls": Call.objects.filter(pk__in=list(old_calls[:BATCH])).delete()[0],
            "access_tokens": tokens.delete()[0],
            "id_tokens": IDToken.objects.filter(expires__lt=now - TOKENS_KEPT).delete()[0],
            "codes": AuthorizationCode.objects.filter(expires__lt=now - TOKENS_KEPT).delete()[0],
            "refresh_tokens": RefreshToken.objects.filter(created__lt=now - REFRESH_TOKENS_KEPT).delete()[0],
        }
