"""The audit of upstreams: one row for each change, written in its transaction."""

from tenants.actor import Actor
from tenants.models import Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import UpstreamAction


def upstream_recorded(upstream: Upstream, action: UpstreamAction, actor: Actor | None) -> None:
    """Something was done to an upstream, by somebody."""
    UpstreamChange.objects.create(
        tenant_id=upstream.tenant_id,
        upstream_id=upstream.pk,
        prefix=upstream.prefix,
        action=action,
        user_id=None if actor is None else actor.user_id,
    )


def definition_recorded(
    upstream: Upstream, row: UpstreamDefinition, action: UpstreamAction, actor: Actor | None
) -> UpstreamChange:
    """What is to be written of a definition, with the digest that it was offered with; not saved yet."""
    return UpstreamChange(
        tenant_id=upstream.tenant_id,
        upstream_id=upstream.pk,
        prefix=upstream.prefix,
        action=action,
        kind=row.kind,
        key=row.key,
        digest=row.offered_digest,
        user_id=None if actor is None else actor.user_id,
    )
