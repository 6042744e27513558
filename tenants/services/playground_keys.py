"""Keys of the playground: a page calls tools as the person who looks at it, through the real endpoint."""

from django.utils import timezone

from tenants import playground
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.api_key_format import generate_key
from tenants.errors import AbilityMissingError, LimitReachedError
from tenants.models import ApiKey, Server, Tenant
from tenants.scope import tenant_scope
from tenants.selectors.members import member_locked
from tenants.selectors.servers import servers_get
from tenants.services.api_key_issue import ApiKeyChoices, IssuedApiKey, api_key_issue


def playground_key_issue(*, tenant: Tenant, actor: Actor, server: Server) -> IssuedApiKey:
    """A key for one server and a quarter of an hour, which no list shows. Its secret is in the answer and nowhere else.

    Only for a person who signed in. Raises AbilityMissingError, NotFoundError for a server, LimitReachedError.
    """
    actor.require(Ability.CALL_TOOLS)
    if actor.user_id is None or actor.scopes is not None:
        raise AbilityMissingError("Only a person, signed in, uses the playground.", ability=Ability.CALL_TOOLS.value)
    with tenant_scope(tenant):
        membership = member_locked(user_id=actor.user_id)
        (found,) = servers_get(slugs=[server.slug])
        own = ApiKey.objects.filter(user_id=membership.user_id, family=playground.FAMILY)
        own.filter(expires_at__lte=timezone.now()).delete()
        if own.count() >= playground.MOST_AT_ONCE:
            raise LimitReachedError(
                "You have opened the playground very often. Wait a few minutes, and try again.",
                limit="playground_keys",
                maximum=playground.MOST_AT_ONCE,
            )
        choices = ApiKeyChoices(
            name=playground.NAME,
            scopes=("mcp:read", "mcp:call"),
            expires_at=timezone.now() + playground.LIFETIME,
            family=playground.FAMILY,
        )
        return api_key_issue(
            tenant=tenant, user_id=membership.user_id, choices=choices, server_ids=[found.pk], secret=generate_key()
        )
