"""Recorded calls, in the scope of their tenant."""

from django.db.models import QuerySet

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.models import Call


def call_list(*, actor: Actor) -> QuerySet[Call]:
    """The calls that the actor may see, newest first: all of the tenant's, or their own.

    Whether the arguments of a call may be shown says `call_shows_arguments`.
    """
    calls = Call.objects.order_by("-time", "pk")
    if not actor.may(Ability.SEE_ALL_CALLS):
        return calls.filter(user_id=actor.user_id) if actor.may(Ability.CALL_TOOLS) else calls.none()
    return calls


def call_shows_arguments(*, actor: Actor, call: Call) -> bool:
    """True where the actor may read the arguments of this call: their own, or everybody's by ability."""
    return actor.may(Ability.READ_CONTENT) or (actor.user_id is not None and call.user_id == actor.user_id)
