"""What holds for everybody who is to become a member, invited or added."""

from uuid import UUID

from django.utils import timezone

from tenants import validation
from tenants.abilities import Ability, Role
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, LimitReachedError
from tenants.models import Membership
from tenants.plan import PlanLimits
from tenants.selectors.invitations import invitations_open


def require_may_give(actor: Actor, *roles: str) -> None:
    """Members are for owners and admins to manage; owners are for owners alone. None is for a key that is good for some
    servers only: whoever it made a member would have the others, too.

    Raises InvalidValueError for a role that does not exist, AbilityMissingError.
    """
    if actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not manage members.", ability="servers")
    for role in roles:
        validation.choice(role, [known.value for known in Role], field="role")
        actor.require(Ability.MANAGE_TENANT if role == Role.OWNER else Ability.MANAGE_MEMBERS)


def check_seats(plan: PlanLimits, *, wanted: int = 1, but: UUID | None = None) -> None:
    """Raises LimitReachedError where the plan has no room for so many more. The caller has locked the tenant.

    Open invitations take their seats, `but` the one that is being accepted.
    """
    invited = invitations_open(now=timezone.now())
    taken = Membership.objects.count() + (invited if but is None else invited.exclude(pk=but)).count()
    if taken + wanted > plan.members:
        message = f"The plan has {plan.members} seats, and members and open invitations take {taken} of them."
        raise LimitReachedError(message, limit="members", maximum=plan.members)
