"""Members of a tenant. Their keys and tokens follow every change of what they may."""

from django.db.models import Q
from django.utils import timezone

from tenants import validation
from tenants.abilities import Ability, Role
from tenants.actor import Actor
from tenants.errors import LastOwnerError, LimitReachedError, NameTakenError
from tenants.models import AccessToken, ApiKey, Connection, Grant, Membership, Tenant, User
from tenants.models.grant import SubjectKind
from tenants.publishing.changes import api_keys_changed, credentials_changed, servers_changed
from tenants.scope import tenant_scope
from tenants.selectors.members import member_locked, owners_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.connection_ending import connections_end


def membership_add(*, tenant: Tenant, actor: Actor, user: User, role: str) -> Membership:
    """Make a person a member. Raises NameTakenError where they are one, LimitReachedError when the plan is full."""
    _require(actor, role)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        if Membership.objects.filter(user_id=user.pk).exists():
            raise NameTakenError("This person is a member already.", field="user")
        if Membership.objects.count() >= plan.members:
            raise LimitReachedError("The plan allows no more members.", limit="members", maximum=plan.members)
        membership: Membership = Membership.objects.create(tenant=tenant, user=user, role=role)
        return membership


def membership_role_set(*, tenant: Tenant, actor: Actor, user: User, role: str) -> Membership:
    """Give a member another role. Raises LastOwnerError where nobody would be owner any more."""
    with tenant_scope(tenant):
        owners = owners_locked()
        membership = member_locked(user_id=user.pk)
        _require(actor, role, membership.role)
        if role != Role.OWNER:
            _check_owner_remains(owners, membership)
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        credentials_changed(
            api_keys=ApiKey.objects.filter(user_id=user.pk), access_tokens=AccessToken.objects.filter(user_id=user.pk)
        )
        return membership


def membership_remove(*, tenant: Tenant, actor: Actor, user: User) -> None:
    """End a membership, with the person's keys, tokens and grants here. Anybody may leave by themselves.

    Raises LastOwnerError where nobody would be owner any more.
    """
    with tenant_scope(tenant):
        owners = owners_locked()
        membership = member_locked(user_id=user.pk)
        if actor.user_id != user.pk or actor.scopes is not None:
            _require(actor, membership.role)
        _check_owner_remains(owners, membership)
        membership.delete()
        _remove_what_was_theirs(tenant, user)


def _remove_what_was_theirs(tenant: Tenant, user: User) -> None:
    api_keys_changed(ApiKey.objects.filter(user_id=user.pk))
    connections_end(Connection.objects.filter(user_id=user.pk), now=timezone.now())
    families = [str(family) for family in ApiKey.objects.filter(user_id=user.pk).values_list("family", flat=True)]
    theirs = Q(subject_kind=SubjectKind.MEMBER, subject=str(user.pk)) | Q(
        subject_kind=SubjectKind.API_KEY, subject__in=families
    )
    if Grant.objects.filter(theirs).delete()[0]:
        servers_changed(tenant=tenant)


def _require(actor: Actor, *roles: str) -> None:
    """Members are for owners and admins to manage; owners are for owners alone."""
    for role in roles:
        validation.choice(role, [known.value for known in Role], field="role")
        actor.require(Ability.MANAGE_TENANT if role == Role.OWNER else Ability.MANAGE_MEMBERS)


def _check_owner_remains(owners: list[Membership], leaving: Membership) -> None:
    if [owner.pk for owner in owners] == [leaving.pk]:
        raise LastOwnerError("A tenant keeps at least one owner. Make somebody else owner first.")
