"""Members of a tenant. Their keys and tokens follow every change of what they may."""

from django.db.models import Q
from django.utils import timezone

from tenants.abilities import Ability, Role, can
from tenants.actor import Actor
from tenants.errors import LastOwnerError, NameTakenError
from tenants.models import AccessToken, ApiKey, Connection, Grant, Membership, Tenant, User
from tenants.models.grant import SubjectKind
from tenants.publishing.changes import api_keys_changed, credentials_changed, servers_changed
from tenants.scope import tenant_scope
from tenants.selectors.invitations import invitation_list
from tenants.selectors.members import member_locked, owners_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.connection_ending import connections_end
from tenants.services.membership_rules import check_seats, require_may_give
from tenants.services.upstream_accounts import upstream_accounts_of_member_end


def membership_add(*, tenant: Tenant, actor: Actor, user: User, role: str) -> Membership:
    """Make a person a member who was not invited: for the platform, which vouches for them. Raises NameTakenError where
    they are one, LimitReachedError when the plan is full."""
    require_may_give(actor, role)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        if Membership.objects.filter(user_id=user.pk).exists():
            raise NameTakenError("This person is a member already.", field="user")
        check_seats(plan)
        membership: Membership = Membership.objects.create(tenant=tenant, user=user, role=role)
        return membership


def membership_role_set(*, tenant: Tenant, actor: Actor, user: User, role: str) -> Membership:
    """Give a member another role. Raises LastOwnerError where nobody would be owner any more."""
    with tenant_scope(tenant):
        owners = owners_locked()
        membership = member_locked(user_id=user.pk)
        require_may_give(actor, role, membership.role)
        if role != Role.OWNER:
            _check_owner_remains(owners, membership)
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        _end_invitations_beyond(user, role)
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
            require_may_give(actor, membership.role)
        _check_owner_remains(owners, membership)
        membership.delete()
        _end_invitations_beyond(user, None)
        _remove_what_was_theirs(tenant, user)


def _remove_what_was_theirs(tenant: Tenant, user: User) -> None:
    # Revoked for good, as connections are ended: whoever comes back later does not bring old secrets along.
    ApiKey.objects.filter(user_id=user.pk, revoked_at=None).update(revoked_at=timezone.now())
    api_keys_changed(ApiKey.objects.filter(user_id=user.pk))
    connections_end(Connection.objects.filter(user_id=user.pk), now=timezone.now())
    upstream_accounts_of_member_end(tenant=tenant, user_id=user.pk)
    families = [str(family) for family in ApiKey.objects.filter(user_id=user.pk).values_list("family", flat=True)]
    theirs = Q(subject_kind=SubjectKind.MEMBER, subject=str(user.pk)) | Q(
        subject_kind=SubjectKind.API_KEY, subject__in=families
    )
    if Grant.objects.filter(theirs).delete()[0]:
        servers_changed(tenant=tenant)


def _end_invitations_beyond(user: User, role: str | None) -> None:
    """Whoever may not invite any more has no open invitation either; else one to themselves would be a way back."""
    theirs = invitation_list().filter(invited_by_id=user.pk)
    if role is not None and can(role, Ability.MANAGE_MEMBERS):
        theirs = theirs.none() if can(role, Ability.MANAGE_TENANT) else theirs.filter(role=Role.OWNER)
    theirs.update(revoked_at=timezone.now())


def _check_owner_remains(owners: list[Membership], leaving: Membership) -> None:
    if [owner.pk for owner in owners] == [leaving.pk]:
        raise LastOwnerError("A tenant keeps at least one owner. Make somebody else owner first.")
