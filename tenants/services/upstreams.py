"""Upstream MCP servers of a tenant: connected, changed, disconnected. Nothing here speaks to one."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.utils import timezone

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, LimitReachedError, NameTakenError
from tenants.models import Grant, ServerPrimitive, ServerTool, Tenant, Upstream
from tenants.models.grant import SubjectKind, TargetKind
from tenants.models.upstream import UpstreamAction, UpstreamStatus
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.tenants import tenant_locked
from tenants.selectors.upstreams import servers_of, upstream_locked
from tenants.services.secret_uses import secret_uses_set
from tenants.services.upstream_authorizations import upstream_authorization_forget
from tenants.services.upstream_checking import header_secrets, upstream_columns
from tenants.services.upstream_record import upstream_recorded
from tenants.versions import next_version

MOST: Final = 50
"""How many upstreams a tenant may have."""

USE_KIND: Final = "upstream"
"""What a secret's uses call it."""

_REACHED_BY: Final = frozenset({"url", "era", "auth", "headers"})


def upstream_create(
    *, tenant: Tenant, actor: Actor, prefix: str, name: str, url: str, auth: str = "none", **others: Any
) -> Upstream:
    """Connect one. It is read soon, and nothing that it offers is served before somebody approves it. `others` are
    era, headers (pairs of name and value) and concurrency. Its prefix stays, for its tools' names begin with it.

    Raises InvalidValueError, NameTakenError, LimitReachedError, AbilityMissingError.
    """
    upstream_manage(actor)
    columns = upstream_columns({"prefix": prefix, "name": name, "url": url, "auth": auth, **others}, auth=auth)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        if Upstream.objects.filter(prefix=columns["prefix"]).exists():
            raise NameTakenError("Another upstream has this prefix.", field="prefix")
        if Upstream.objects.count() >= MOST:
            raise LimitReachedError(f"A tenant has {MOST} upstreams at most.", limit="upstreams", maximum=MOST)
        upstream = Upstream(id=uuid4(), tenant=tenant, next_read_at=timezone.now(), **columns)
        _note_secrets(upstream)
        upstream.save(force_insert=True)
        upstream_recorded(upstream, UpstreamAction.CREATED, actor)
        return upstream


def upstream_update(*, tenant: Tenant, actor: Actor, upstream_id: UUID, **changes: Any) -> Upstream:
    """Change name, url, era, auth, headers or concurrency, where given. What was approved stays so: it is the same
    definitions that are served, from wherever they come.

    Raises NotFoundError, InvalidValueError, AbilityMissingError, and TypeError for any other field.
    """
    upstream_manage(actor)
    if "prefix" in changes:
        raise TypeError("the prefix of an upstream stays")
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        upstream = upstream_locked(upstream_id=upstream_id)
        auth = changes.get("auth", upstream.auth)
        columns = upstream_columns({"headers": upstream.headers, **changes}, auth=auth)
        changed = [field for field, value in columns.items() if getattr(upstream, field) != value]
        for field in changed:
            setattr(upstream, field, columns[field])
        if changed:
            _changed(upstream, set(changed), actor)
        return upstream


def upstream_delete(*, tenant: Tenant, actor: Actor, upstream_id: UUID) -> None:
    """Disconnect it: its tools, resources and prompts leave every server, with the grants of people to them.

    Raises NotFoundError, AbilityMissingError.
    """
    upstream_manage(actor)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        upstream = upstream_locked(upstream_id=upstream_id)
        secret_uses_set(tenant=tenant, kind=USE_KIND, object_id=upstream.pk, label="", names=set())
        definition_ids = list(upstream.definitions.values_list("pk", flat=True))
        servers = servers_of(definition_ids=definition_ids)
        tools = ServerTool.objects.filter(upstream_definition_id__in=definition_ids)
        targets = [str(pk) for pk in tools.values_list("pk", flat=True)]
        people = Grant.objects.filter(subject_kind__in=(SubjectKind.ROLE, SubjectKind.MEMBER))
        people.filter(target_kind=TargetKind.TOOL, target__in=targets).delete()
        ServerPrimitive.objects.filter(upstream_definition_id__in=definition_ids).delete()
        tools.delete()
        upstream_recorded(upstream, UpstreamAction.DELETED, actor)
        upstream_authorization_forget(tenant=tenant, upstream=upstream)
        upstream.delete()
        for server in servers:
            server_changed(tenant=tenant, server=server)


def upstream_manage(actor: Actor) -> None:
    """Raises AbilityMissingError for whoever may not manage upstreams."""
    actor.require(Ability.MANAGE_SERVERS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage upstreams.", ability="servers")


def _changed(upstream: Upstream, fields: set[str], actor: Actor) -> None:
    _note_secrets(upstream)
    if fields & {"url", "auth"}:
        upstream_authorization_forget(tenant=upstream.tenant, upstream=upstream)
    upstream.version = next_version(upstream.version)
    if fields & _REACHED_BY:
        upstream.next_read_at = timezone.now()
        upstream.failures, upstream.reason, upstream.reason_text = 0, "", ""
        upstream.status = UpstreamStatus.UNREAD if upstream.last_read_at is None else UpstreamStatus.STALE
    upstream.save()
    upstream_recorded(upstream, UpstreamAction.CHANGED, actor)
    for server in servers_of(definition_ids=upstream.definitions.values_list("pk", flat=True)):
        server_changed(tenant=upstream.tenant, server=server)


def _note_secrets(upstream: Upstream) -> None:
    secret_uses_set(
        tenant=upstream.tenant,
        kind=USE_KIND,
        object_id=upstream.pk,
        label=upstream.name,
        names=header_secrets(upstream.headers),
        field="headers",
    )
