"""How an upstream is: what is written down of a reading that worked, and of one that did not."""

import json
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from mcp_runtime.contract.upstreams import UpstreamOffer
from tenants.models import Upstream
from tenants.models.upstream import UpstreamStatus
from tenants.upstreams.visible_text import shown

FAILING_AFTER: Final = 10
"""So many failed readings on end make what is known of it no longer merely old."""
LONGEST_INSTRUCTIONS: Final = 20_000
LARGEST_INFO: Final = 20_000


def upstream_succeeded(upstream: Upstream, offer: UpstreamOffer, *, left_out: int, again_at: datetime) -> None:
    """It was read. The row is locked."""
    now = timezone.now()
    upstream.status, upstream.failures, upstream.reason = UpstreamStatus.OK, 0, ""
    upstream.reason_text = f"{left_out} things without a usable name were left out." if left_out else ""
    upstream.last_read_at, upstream.next_read_at = now, again_at
    upstream.server_info, upstream.capabilities = _kept(offer.server_info), _kept(offer.capabilities)
    upstream.instructions = shown(offer.instructions[:LONGEST_INSTRUCTIONS])
    upstream.protocol_version = shown(offer.protocol_version)[:32]
    upstream.save()


def upstream_failed(upstream: Upstream, *, reason: str, text: str, again_at: datetime) -> None:
    """It could not be read; what it offered stays as it was. The row is locked."""
    upstream.failures += 1
    is_failing = upstream.last_read_at is None or upstream.failures >= FAILING_AFTER
    upstream.status = UpstreamStatus.FAILING if is_failing else UpstreamStatus.STALE
    upstream.reason, upstream.reason_text, upstream.next_read_at = reason[:32], shown(text)[:500], again_at
    upstream.save()


def upstream_read_next(upstream: Upstream) -> None:
    """Its turn comes at once, for something that it lacked is there now. In its tenant's scope."""
    Upstream.objects.filter(pk=upstream.pk).exclude(status=UpstreamStatus.OK).update(next_read_at=timezone.now())


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    """What the upstream says of itself, in characters that every database keeps; nothing, where it says too much."""
    try:
        text = json.dumps(said, allow_nan=False)
    except (TypeError, ValueError):
        return {}
    kept: dict[str, Any] = json.loads(text, object_pairs_hook=_visible) if len(text) <= LARGEST_INFO else {}
    return kept


def _visible(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {shown(name): shown(value) if isinstance(value, str) else value for name, value in pairs}
