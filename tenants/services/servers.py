"""Servers of a tenant."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mcp_runtime.contract.limits import Rate
from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, LimitReachedError, NameTakenError
from tenants.models import AccessToken, ApiKey, Connection, Job, Server, ServerTool, Tenant
from tenants.models.server import ServerStatus
from tenants.publishing.changes import credentials_changed, server_changed, server_gone
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.connection_ending import connections_end
from tenants.services.job_withdrawing import jobs_withdraw
from tenants.services.secret_uses import secret_uses_dropped, secret_uses_relabelled
from tenants.services.server_contents import grant_to_owner_and_admin, template_install
from tenants.services.server_primitive_template import primitives_install
from tenants.services.server_tools import USE_KIND, secret_use_label


class Unset:
    """Stands for "leave it as it is" where None means something."""


UNSET = Unset()


def server_create(
    *, tenant: Tenant, actor: Actor, slug: str, name: str, instructions: str = "", toolkits: Sequence[str] = ()
) -> Server:
    """A new server: blank, or from a template, with every tool, resource and prompt of the toolkits.

    A template grants its tools to owner, admin, developer and caller; a blank server grants owner and admin whatever
    it will have. Raises InvalidValueError, NameTakenError, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not make another.", ability="servers")
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        if Server.objects.count() >= plan.servers:
            raise LimitReachedError("The plan allows no more servers.", limit="servers", maximum=plan.servers)
        server = _insert(tenant, validation.slug(slug), validation.name(name), instructions)
        grant_to_owner_and_admin(server)
        template_install(server=server, toolkits=toolkits, most=plan.tools_per_server)
        primitives_install(server=server, toolkits=toolkits, most=plan.resources_and_prompts_per_server)
        server_changed(tenant=tenant, server=server)
        return server


def _insert(tenant: Tenant, slug: str, name: str, instructions: str) -> Server:
    instructions = validation.prose(instructions, field="instructions")
    try:
        with transaction.atomic():
            server: Server = Server.objects.create(tenant=tenant, slug=slug, name=name, instructions=instructions)
            return server
    except IntegrityError as error:
        raise NameTakenError("Another server has this name in its URL.", field="slug") from error


def server_update(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    name: str | None = None,
    instructions: str | None = None,
    allowed_origins: Sequence[str] | None = None,
    rate: Rate | Unset | None = UNSET,
) -> Server:
    """Change what is given. A rate of None takes the server's own limit away."""
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = validation.name(name)
    if instructions is not None:
        changes["instructions"] = validation.prose(instructions, field="instructions")
    if allowed_origins is not None:
        changes["allowed_origins"] = validation.origins(allowed_origins)
    if not isinstance(rate, Unset):
        changes["rate_per_second"], changes["rate_burst"] = validation.rate(rate)
    return _server_change(tenant, actor, server, changes)


def server_suspend(*, tenant: Tenant, actor: Actor, server: Server) -> Server:
    """It serves nobody until it is resumed."""
    return _server_change(tenant, actor, server, {"status": ServerStatus.SUSPENDED})


def server_resume(*, tenant: Tenant, actor: Actor, server: Server) -> Server:
    """It serves again."""
    return _server_change(tenant, actor, server, {"status": ServerStatus.ACTIVE})


def server_rename(*, tenant: Tenant, actor: Actor, server: Server, slug: str) -> Server:
    """Move it to another URL. The old one answers no more, and connections end: their tokens were issued for that URL
    (RFC 8707). Keys move along. Raises NameTakenError."""
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        old = locked.slug
        if old == validation.slug(slug):
            return locked
        if Server.objects.filter(slug=slug).exists():
            raise NameTakenError("Another server has this name in its URL.", field="slug")
        locked.slug = slug
        locked.save(update_fields=["slug", "updated_at"])
        tools = ServerTool.objects.filter(server_id=locked.pk).values_list("pk", "name")
        secret_uses_relabelled(kind=USE_KIND, labels={pk: secret_use_label(locked, name) for pk, name in tools})
        server_gone(tenant=tenant, slug=old, version=locked.version)
        server_changed(tenant=tenant, server=locked)
        _end_connections_and_touch_keys(locked)
        return locked


def server_delete(*, tenant: Tenant, actor: Actor, server: Server) -> None:
    """Remove it with its tools, grants and jobs; what runs is stopped. Keys that were good for it alone stay, good for
    nothing."""
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        _end_connections_and_touch_keys(locked)
        while jobs_withdraw(jobs=Job.objects.filter(server_id=locked.pk), reason="server_deleted"):
            """The audit keeps what becomes of each, and the rows go with the server."""
        tools = ServerTool.objects.filter(server_id=locked.pk).values_list("pk", flat=True)
        secret_uses_dropped(kind=USE_KIND, object_ids=tools)
        locked.delete()
        server_gone(tenant=tenant, slug=locked.slug, version=locked.version)


def _end_connections_and_touch_keys(server: Server) -> None:
    connections_end(Connection.objects.filter(server_id=server.pk), now=timezone.now())
    keys = ApiKey.objects.filter(server_links__server_id=server.pk)
    touched = ApiKey.objects.filter(pk__in=list(keys.values_list("pk", flat=True)))
    credentials_changed(api_keys=touched, access_tokens=AccessToken.objects.none())


def _server_change(tenant: Tenant, actor: Actor, server: Server, changes: dict[str, Any]) -> Server:
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.save(update_fields=[*changes, "updated_at"])
        server_changed(tenant=tenant, server=locked)
        return locked
