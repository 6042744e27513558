"""Somebody looks at what an upstream offers, and decides. A decision is about one digest: what the person saw."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import timezone

from tenants.actor import Actor
from tenants.errors import ChangedMeanwhileError, InvalidValueError, NotFoundError
from tenants.models import Tenant, Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import DefinitionState, UpstreamAction
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.upstreams import servers_of, upstream_locked
from tenants.services.upstream_record import definition_recorded
from tenants.services.upstreams import upstream_manage

Seen = Mapping[UUID, str]
"""Ids of definitions, each with the digest of what the person was shown."""


def definitions_approve(*, tenant: Tenant, actor: Actor, upstream_id: UUID, seen: Seen) -> list[UpstreamDefinition]:
    """From now on these are served as they are offered, on every server that has them: all, or none.

    Raises NotFoundError, InvalidValueError where one can't be served at all or none is named, ChangedMeanwhileError
    where one is not what the person saw, AbilityMissingError.
    """
    upstream_manage(actor)
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        rows = _seen(upstream, seen)
        for row in rows:
            if row.problem:
                raise InvalidValueError(f"{row.key} can't be served: {row.problem}", field="definitions")
            if row.state == DefinitionState.GONE:
                raise ChangedMeanwhileError(f"The upstream does not offer {row.key} any more.")
            row.approved, row.approved_digest = row.offered, row.offered_digest
            row.state = DefinitionState.APPROVED
        _decided(upstream, rows, actor, UpstreamAction.APPROVED)
        return rows


def definitions_refuse(*, tenant: Tenant, actor: Actor, upstream_id: UUID, seen: Seen) -> list[UpstreamDefinition]:
    """These are not served as they are offered. One that was approved so before is not any more.

    Raises NotFoundError, InvalidValueError, ChangedMeanwhileError, AbilityMissingError.
    """
    upstream_manage(actor)
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        rows = _seen(upstream, seen)
        for row in rows:
            if row.approved_digest == row.offered_digest:
                row.approved = row.approved_digest = ""
            row.state = DefinitionState.REFUSED
        _decided(upstream, rows, actor, UpstreamAction.REFUSED)
        return rows


def _seen(upstream: Upstream, seen: Seen) -> list[UpstreamDefinition]:
    rows = list(upstream.definitions.filter(pk__in=list(seen)).order_by("kind", "key"))
    if not seen:
        raise InvalidValueError("Choose at least one.", field="definitions")
    if len(rows) < len(seen):
        raise NotFoundError("This upstream offers no such thing.")
    for row in rows:
        if row.offered_digest != seen[row.pk]:
            raise ChangedMeanwhileError(f"{row.key} has changed since you looked at it. Look again.")
    return rows


def _decided(upstream: Upstream, rows: Iterable[UpstreamDefinition], actor: Actor, action: UpstreamAction) -> None:
    rows, now = list(rows), timezone.now()
    for row in rows:
        row.decided_by_id, row.decided_at = actor.user_id, now
    fields = ["state", "approved", "approved_digest", "decided_by", "decided_at"]
    UpstreamDefinition.objects.bulk_update(rows, fields, batch_size=100)
    UpstreamChange.objects.bulk_create(definition_recorded(upstream, row, action, actor) for row in rows)
    for server in servers_of(definition_ids=[row.pk for row in rows]):
        server_changed(tenant=upstream.tenant, server=server)
