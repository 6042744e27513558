"""Reading what upstreams offer: one after another's turn, and when somebody asks. No transaction is open meanwhile."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.secret_references import SecretMissing, secrets_filled
from mcp_runtime.contract.upstreams import (
    AccountMissing,
    UpstreamOffer,
    UpstreamSpec,
    UpstreamToken,
    UpstreamUnreachable,
)
from tenants.actor import Actor
from tenants.errors import NotFoundError, UnavailableError
from tenants.models import Tenant, Upstream, UpstreamAccount
from tenants.models.tenant import TenantStatus
from tenants.models.upstream import UpstreamAuth
from tenants.models.upstream_account import AccountStatus
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.selectors.housekeeping import upstream_reading_scope
from tenants.selectors.stored_secrets import secret_read
from tenants.selectors.upstreams import upstream_locked
from tenants.services.upstream_offers import upstream_offer_take
from tenants.services.upstream_standing import upstream_failed, upstream_succeeded
from tenants.services.upstreams import upstream_manage
from tenants.upstream_reader import upstream_accounts, upstream_reader
from tenants.upstreams.published import upstream_spec

HELD: Final = timedelta(seconds=90)
"""How long a reading may take before somebody else may begin one: longer than a reader does."""
SOONEST: Final = timedelta(seconds=5)
"""How long after a reading has begun somebody may ask for the next one."""
MOST_BEGUN: Final = 4
BEGUN_WITHIN: Final = timedelta(seconds=20)
"""So many of a tenant's upstreams begin to be read within that time because somebody asked, for a thread waits for each
of them; the others have their turn."""

EVERY: Final = 180.0
SELDOM: Final = 3_600.0
"""Seconds between two readings, of an upstream that is well and of one that fails again and again."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An upstream that is to be read now. `user_id` is whose account it is read with, where people have their own."""

    tenant_id: UUID
    upstream_id: UUID
    user_id: UUID | None = None


def upstreams_due(*, most: int) -> list[Turn]:
    """The upstreams whose turn has come, of all tenants, those first that have waited longest. Nobody else gets the
    same ones within a minute."""
    now = timezone.now()
    with upstream_reading_scope():
        due = Upstream.objects.select_for_update(of=("self",), skip_locked=True).filter(next_read_at__lte=now)
        rows = list(due.filter(tenant__status=TenantStatus.ACTIVE).order_by("next_read_at")[:most])
        Upstream.objects.filter(pk__in=[row.pk for row in rows]).update(next_read_at=now + HELD, last_tried_at=now)
    return [Turn(row.tenant_id, row.pk) for row in rows]


def upstream_read_now(*, tenant: Tenant, actor: Actor, upstream_id: UUID) -> None:
    """Somebody asks for a reading, and waits for it. What comes of it stands in the upstream's status.

    Raises NotFoundError, AbilityMissingError, and UnavailableError where it is being read, or several others are.
    """
    upstream_manage(actor)
    now = timezone.now()
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        if upstream.last_tried_at is not None and upstream.last_tried_at > now - SOONEST:
            raise UnavailableError("It has just been asked. Try again in a few seconds.")
        if Upstream.objects.filter(last_tried_at__gt=now - BEGUN_WITHIN).count() >= MOST_BEGUN:
            raise UnavailableError("Several upstreams are being read. Try again in a few seconds.")
        upstream.last_tried_at, upstream.next_read_at = now, now + HELD
        upstream.save(update_fields=["last_tried_at", "next_read_at", "updated_at"])
    upstream_read(turn=Turn(tenant.pk, upstream_id, actor.user_id))


def upstream_read_soon(*, tenant: Tenant, actor: Actor, upstream_id: UUID) -> None:
    """As `upstream_read_now`, once what is being done is committed; where it can't be asked, its turn comes anyway."""

    def read() -> None:
        with suppress(NotFoundError, UnavailableError):
            upstream_read_now(tenant=tenant, actor=actor, upstream_id=upstream_id)

    transaction.on_commit(read)


def upstream_read(*, turn: Turn) -> None:
    """Connect, list, compare, and write down how it went. Raises nothing that the upstream causes."""
    try:
        with tenant_scope(turn.tenant_id):
            upstream = upstream_locked(upstream_id=turn.upstream_id)
            spec, version = upstream_spec(upstream, upstream.tenant.egress_allowance), upstream.version
            headers, user_id = _headers(spec), _reader_of(upstream, turn.user_id)
        offer = upstream_reader().read(spec, headers, _token(spec, user_id))
    except NotFoundError:
        return  # disconnected meanwhile
    except (UpstreamUnreachable, AccountMissing, SecretMissing, SealBrokenError, RecordUnavailable) as error:
        _note_failure(turn, error)
    else:
        _note_offer(turn, offer, version)


def next_turn(now: datetime, *, failures: int) -> datetime:
    """When it is read again: every few minutes, later and later where it fails, and never all at one moment."""
    seconds = min(EVERY * 2 ** min(failures, 6), SELDOM)
    return now + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not hidden


def _note_offer(turn: Turn, offer: UpstreamOffer, version: int) -> None:
    what = {
        "tools": offer.tools,
        "resources": offer.resources,
        "templates": offer.templates,
        "prompts": offer.prompts,
    }
    try:
        with tenant_scope(turn.tenant_id):
            upstream = upstream_locked(upstream_id=turn.upstream_id)
            if upstream.version != version:
                return  # it leads elsewhere by now, and is read again
            left_out = upstream_offer_take(tenant=turn.tenant_id, upstream_id=upstream.pk, what=what)
            upstream_succeeded(upstream, offer, left_out=left_out, again_at=next_turn(timezone.now(), failures=0))
    except NotFoundError:
        return


def _note_failure(turn: Turn, error: Exception) -> None:
    reason, text = _said(error)
    try:
        with tenant_scope(turn.tenant_id):
            upstream = upstream_locked(upstream_id=turn.upstream_id)
            again_at = next_turn(timezone.now(), failures=upstream.failures)
            upstream_failed(upstream, reason=reason, text=text, again_at=again_at)
    except NotFoundError:
        return


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, UpstreamUnreachable):
        return error.reason, str(error)
    if isinstance(error, AccountMissing):
        return "unauthorized", str(error)
    if isinstance(error, SecretMissing):
        return "secret_missing", f"There is no secret {error.name}. Store one of this name, or change the header."
    if isinstance(error, SealBrokenError):
        return "secret_missing", "A secret can't be opened. Give it its value again."
    return "unavailable", "The accounts can't be asked just now."


def _headers(spec: UpstreamSpec) -> dict[str, str]:
    def value(name: str) -> str | None:
        found = secret_read(name=name)
        return None if found is None else found.reveal()

    return {name: secrets_filled(text, value) for name, text in spec.headers}


def _reader_of(upstream: Upstream, user_id: UUID | None) -> UUID | None:
    """Whose account it is read with. Where nobody asks, that of somebody who has one."""
    if upstream.auth != UpstreamAuth.OAUTH_USER:
        return None
    own = UpstreamAccount.objects.filter(upstream_id=upstream.pk, status=AccountStatus.CONNECTED, user__isnull=False)
    ids = list(own.order_by("connected_at").values_list("user_id", flat=True))
    return user_id if user_id in ids else next(iter(ids), user_id)


def _token(spec: UpstreamSpec, user_id: UUID | None) -> UpstreamToken | None:
    if spec.auth not in (UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER):
        return None
    accounts = upstream_accounts()
    if accounts is None:
        raise UpstreamUnreachable("unauthorized", "No account is connected yet.")
    return asyncio.run(accounts.token(spec, None if user_id is None else str(user_id)))
