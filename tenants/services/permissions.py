"""Permissions as people think of them: may this subject call this tool or not? Kept as grants."""

from collections.abc import Sequence
from typing import Final

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, NotFoundError
from tenants.models import Grant, Server, ServerTool, Tenant
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.services.grants import check_subject, grant_set
from tenants.tool_kinds import tool_definition

DELEGATES: Final = (SubjectKind.API_KEY.value, SubjectKind.CLIENT.value)
"""What acts for a person, and may be given a part of what they may."""


def permission_set(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    subject_kind: str,
    subject: str,
    target_kind: str,
    target: str = "",
    allowed: bool,
) -> None:
    """Let a subject call a target from now on, or not, by as few grants as say so.

    Of the whole server and of an annotation, that is one grant, or none. Of a tool, it is what comes out: a tool that a
    wider grant allows is taken away by a grant that denies it. Raises as `grant_set` does, and InvalidValueError where
    a tool is to be allowed that a wider grant denies, for deny wins.
    """
    actor.require(Ability.MANAGE_GRANTS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        about = Grant.objects.filter(server_id=locked.pk, subject_kind=subject_kind, subject=subject)
        effect = Effect.ALLOW.value if allowed else None
        if target_kind == TargetKind.TOOL:
            wider = _wider(list(about.exclude(target_kind=TargetKind.TOOL)), locked, target)
            effect = _effect_beside(wider, allowed=allowed)
        if effect is not None:
            said = {"subject_kind": subject_kind, "subject": subject, "target_kind": target_kind, "target": target}
            grant_set(tenant=tenant, actor=actor, server=locked, **said, effect=effect)
        elif about.filter(target_kind=target_kind, target=target).delete()[0]:
            server_changed(tenant=tenant, server=locked)


def selection_set(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    subject_kind: str,
    subject: str,
    tools: Sequence[ServerTool] | None,
) -> None:
    """Say which tools of the server a key (by its family) or a client (by its id) may call out of those that its person
    may: these, or with None whatever its person may, now and later. Replaces what was said before.

    Raises InvalidValueError for no tool at all, which would say the same as None; NotFoundError.
    """
    actor.require(Ability.MANAGE_GRANTS)
    validation.choice(subject_kind, DELEGATES, field="subject_kind")
    if tools is not None and not tools:
        raise InvalidValueError("Choose at least one tool. To let it call nothing, revoke it.", field="tools")
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        check_subject(subject_kind, subject)
        if any(tool.server_id != locked.pk for tool in tools or ()):
            raise NotFoundError("There is no such tool.")
        Grant.objects.filter(server_id=locked.pk, subject_kind=subject_kind, subject=subject).delete()
        said = {"subject_kind": subject_kind, "subject": subject, "target_kind": TargetKind.TOOL}
        Grant.objects.bulk_create(
            Grant(tenant=tenant, server=locked, **said, target=str(each.pk)) for each in tools or ()
        )
        server_changed(tenant=tenant, server=locked)


def _effect_beside(wider: set[str], *, allowed: bool) -> str | None:
    """What a grant about one tool must say, beside those that reach it from further away; None for nothing."""
    if allowed and wider - {Effect.ALLOW}:
        raise InvalidValueError("A wider grant denies this, and deny wins. Take that one back first.", field="target")
    if allowed:
        return None if wider else Effect.ALLOW.value
    return Effect.DENY.value if wider == {Effect.ALLOW} else None


def _wider(grants: list[Grant], server: Server, target: str) -> set[str]:
    tools = ServerTool.objects.filter(server_id=server.pk)
    tool = next((each for each in tools if str(each.pk) == target), None)
    if tool is None:
        raise NotFoundError("There is no such tool.")
    definition = tool_definition(tool, tool_catalogue())
    is_read_only = definition is not None and definition.annotations.is_read_only
    return {grant.effect for grant in grants if is_read_only or grant.target_kind == TargetKind.SERVER}
