"""Upstreams of a company with much of everything: each is connected and has been read, approved in part and changed, or
wants accounts."""

from typing import Any

from tenants.models import Upstream, UpstreamDefinition
from tenants.models.upstream import DefinitionState, UpstreamAuth
from tenants.scope import tenant_scope
from tenants.services.upstream_approvals import definitions_approve
from tenants.services.upstream_items import upstream_items_add
from tenants.services.upstream_offers import upstream_offer_take
from tenants.services.upstreams import upstream_create

Who = dict[str, Any]


def upstreams_grow(who: Who, server: Any, number: int, tools: int) -> None:
    """So many upstreams with so many tools each. The first one's are on the server, and its first one has changed."""
    with tenant_scope(who["tenant"]):
        present = Upstream.objects.filter(auth=UpstreamAuth.NONE).count()
    for index in range(present, number):
        url = f"https://up{index}.example.com/mcp"
        made = upstream_create(**who, prefix=f"up{index}", name=f"Upstream {index}", url=url)
        _offer(who, made, tools)
        _approve(who, made)
        if index == 0:
            rows = _rows(who, made)
            upstream_items_add(**who, server=server, definition_ids=[row.pk for row in rows])
        _offer(who, made, tools, title="Changed")
    for auth in (UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER):
        _accounts(who, auth, number)


def upstream_names() -> dict[str, str]:
    """A value for each placeholder, in the tenant's scope."""
    first, *accounts = (
        Upstream.objects.filter(auth=auth).earliest("created_at")
        for auth in (UpstreamAuth.NONE, UpstreamAuth.OAUTH, UpstreamAuth.OAUTH_USER)
    )
    changed = UpstreamDefinition.objects.filter(upstream=first, state=DefinitionState.CHANGED).earliest("key")
    return {
        "upstream_id": str(first.pk),
        "definition_id": str(changed.pk),
        "oauth_upstream_id": str(accounts[0].pk),
        "account_upstream_id": str(accounts[1].pk),
    }


def _accounts(who: Who, auth: str, number: int) -> None:
    with tenant_scope(who["tenant"]):
        present = Upstream.objects.filter(auth=auth).count()
    for index in range(present, number):
        prefix = f"{auth.replace('_', '-')}{index}"
        upstream_create(**who, prefix=prefix, name=prefix, url=f"https://{prefix}.example.com/mcp", auth=auth)


def _offer(who: Who, upstream: Upstream, tools: int, **changed: str) -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    offered: list[dict[str, Any]] = [
        {"name": f"tool_{number}", "description": f"Does {number}.", "inputSchema": schema} for number in range(tools)
    ]
    offered[0] |= changed
    upstream_offer_take(tenant=who["tenant"], upstream_id=upstream.pk, what={"tools": offered})


def _approve(who: Who, upstream: Upstream) -> None:
    seen = {row.pk: row.offered_digest for row in _rows(who, upstream)}
    definitions_approve(**who, upstream_id=upstream.pk, seen=seen)


def _rows(who: Who, upstream: Upstream) -> list[UpstreamDefinition]:
    with tenant_scope(who["tenant"]):
        return list(upstream.definitions.order_by("key"))
