"""Who may call what."""

from uuid import UUID

from tenants import playground, validation
from tenants.abilities import Ability, Role
from tenants.actor import Actor
from tenants.errors import InvalidValueError, NotFoundError
from tenants.models import ApiKey, Application, Grant, Membership, RefreshToken, Server, ServerTool, Tenant
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked


def grant_set(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    subject_kind: str,
    subject: str,
    target_kind: str,
    target: str = "",
    effect: str = Effect.ALLOW,
) -> Grant:
    """Say what a subject may do with a target, in place of what was said of the two before.

    Subjects: role (name), member (user's id), client (OAuth client's id), api_key (family). Targets: server (target
    empty), tool (id), annotation (`read_only`). Raises InvalidValueError, and NotFoundError where the tenant has no
    such subject or target.
    """
    actor.require(Ability.MANAGE_GRANTS)
    validation.choice(effect, Effect.values, field="effect")
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        check_subject(validation.choice(subject_kind, SubjectKind.values, field="subject_kind"), subject)
        _check_target(locked, validation.choice(target_kind, TargetKind.values, field="target_kind"), target)
        grant: Grant
        grant, _ = Grant.objects.update_or_create(
            server_id=locked.pk,
            subject_kind=subject_kind,
            subject=subject,
            target_kind=target_kind,
            target=target,
            defaults={"effect": effect, "tenant_id": tenant.pk},
        )
        server_changed(tenant=tenant, server=locked)
        return grant


def grant_remove(*, tenant: Tenant, actor: Actor, server: Server, grant: Grant) -> None:
    """Say nothing any more of this subject and target. Raises NotFoundError."""
    actor.require(Ability.MANAGE_GRANTS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        if not Grant.objects.filter(server_id=locked.pk, pk=grant.pk).delete()[0]:
            raise NotFoundError("There is no such grant.")
        server_changed(tenant=tenant, server=locked)


def check_subject(kind: str, subject: str) -> None:
    """Raises NotFoundError where the tenant, whose scope is open, has no such subject; InvalidValueError for what is no
    role or id."""
    if kind == SubjectKind.ROLE:
        validation.choice(subject, [role.value for role in Role], field="subject")
        return
    if kind == SubjectKind.CLIENT:
        known = _has_client(subject)
    elif kind == SubjectKind.MEMBER:
        known = Membership.objects.filter(user_id=_id(subject, "subject")).exists()
    else:
        known = ApiKey.objects.exclude(family=playground.FAMILY).filter(family=_id(subject, "subject")).exists()
    if not known:
        raise NotFoundError("There is no such subject.")


def _has_client(client_id: str) -> bool:
    """The tenant's own client, or one that registered itself and that somebody here has let in."""
    if "\x00" in client_id:  # which PostgreSQL can't even be asked for
        return False
    own = Application.objects.filter(client_id=client_id).exists()
    return own or RefreshToken.objects.filter(application__client_id=client_id).exists()


def _check_target(server: Server, kind: str, target: str) -> None:
    if kind == TargetKind.SERVER:
        validation.choice(target, [""], field="target")
    elif kind == TargetKind.ANNOTATION:
        validation.choice(target, ["read_only"], field="target")
    elif not ServerTool.objects.filter(server_id=server.pk, pk=_id(target, "target")).exists():
        raise NotFoundError("There is no such tool.")


def _id(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidValueError("This is not an id.", field=field) from error
