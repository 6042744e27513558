"""The server that a client is to be let in to, if this person may let it in."""

from dataclasses import dataclass

from django.conf import settings

from control_plane.oauth.authorization_rules import named_server
from mcp_runtime.protected_resource import canonical_resource
from tenants.abilities import Ability, can
from tenants.actor import Actor
from tenants.models import Application, Server, Tenant, User
from tenants.models.server import ServerStatus
from tenants.models.tenant import TenantStatus
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import TenantOfUser, tenant_of_user, tenants_of_user
from tenants.selectors.servers import server_list


@dataclass(frozen=True, slots=True)
class Target:
    """A server that serves, of a tenant where the person may call tools."""

    tenant: Tenant
    server: Server
    actor: Actor

    @property
    def resource(self) -> str:
        """Its canonical URL, which codes and tokens are bound to (RFC 8707)."""
        return canonical_resource(settings.PUBLIC_URL, self.tenant.slug, self.server.slug)


class NotAMemberError(Exception):
    """The person does not belong to the tenant, if there is one. The message is its slug."""


def target_of(*, user: User, application: Application, resource: str) -> Target | None:
    """The server of a canonical URL; None where it is nothing that this person may let this client in to.

    Raises NotAMemberError, which says nothing of whether tenant and server exist.
    """
    named = named_server(resource)
    if named is None:
        return None
    home = tenant_of_user(user_id=user.pk, slug=named[0])
    if home is None:
        raise NotAMemberError(named[0])
    return next((target for target in _targets(user, application, home) if target.server.slug == named[1]), None)


def targets_of(*, user: User, application: Application) -> list[Target]:
    """All that this person may let this client in to, by tenant and server."""
    homes = tenants_of_user(user_id=user.pk)
    return [target for home in homes for target in _targets(user, application, home)]


def _targets(user: User, application: Application, home: TenantOfUser) -> list[Target]:
    """A client that a tenant has set up is that tenant's alone."""
    is_foreign = application.tenant_id not in (None, home.tenant.pk)
    if is_foreign or home.tenant.status != TenantStatus.ACTIVE or not can(home.role, Ability.CALL_TOOLS):
        return []
    actor = Actor(role=home.role, user_id=user.pk)
    with tenant_scope(home.tenant):
        servers = list(server_list().filter(status=ServerStatus.ACTIVE))
    return [Target(home.tenant, server, actor) for server in servers]
