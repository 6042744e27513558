"""API keys, in the scope of their tenant."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants import playground
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import ApiKey, ApiKeyServer


def api_key_list(*, actor: Actor, works: bool | None = None) -> QuerySet[ApiKey]:
    """The keys that the actor may manage: everybody's or their own, newest first; those that work, those that have
    ended, or all. An actor with a key for some servers manages those that reach no further. Without those of the
    playground, which come and go by themselves."""
    keys = (
        ApiKey.objects.exclude(family=playground.FAMILY)
        .select_related("user")
        .prefetch_related("servers")
        .order_by("-created_at", "pk")
    )
    if works is not None:
        ended = Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
        keys = keys.exclude(ended) if works else keys.filter(ended)
    if actor.servers is not None:
        beyond = ApiKeyServer.objects.exclude(server_id__in=actor.servers)
        keys = keys.filter(all_servers=False).exclude(pk__in=beyond.values("api_key_id"))
    if actor.may(Ability.MANAGE_ALL_KEYS):
        return keys
    return keys.filter(user_id=actor.user_id) if actor.may(Ability.MANAGE_OWN_KEYS) else keys.none()


def api_key_get(*, actor: Actor, api_key_id: UUID) -> ApiKey:
    """One of the keys that the actor may manage; raises NotFoundError."""
    api_key = api_key_list(actor=actor).filter(pk=api_key_id).first()
    if api_key is None:
        raise NotFoundError("There is no such API key.")
    return api_key


def api_key_locked(*, actor: Actor, api_key_id: UUID) -> ApiKey:
    """One of the keys that the actor may manage, locked until the scope ends; raises NotFoundError."""
    api_key_get(actor=actor, api_key_id=api_key_id)
    locked: ApiKey = ApiKey.objects.select_for_update().get(pk=api_key_id)
    return locked
