"""The demo: two tenants with their servers, for trying out, load and the conformance suite. On loopback only."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import timezone

from mcp_runtime.contract.credentials import token_digest
from tenants.actor import PLATFORM
from tenants.errors import ApplicationError
from tenants.models import ApiKey, Server, Tenant, User
from tenants.plan import PlanLimits
from tenants.publishing.changes import api_keys_changed, server_changed
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import tenant_of_user
from tenants.selectors.members import member_locked
from tenants.selectors.users import claimants
from tenants.services.api_key_issue import ApiKeyChoices, api_key_issue
from tenants.services.demo_secrets import demo_key, demo_password
from tenants.services.server_contents import template_install
from tenants.services.server_primitive_template import primitives_install
from tenants.services.servers import server_create
from tenants.services.tenants import tenant_create, tenant_limits_set
from tenants.services.users import user_create

RATE: Final = {"per_second": 10_000, "burst": 20_000}
LIMITS: Final = {
    "tenant": RATE,
    "principal": RATE,
    "calls_per_day": 1_000_000_000,
    "calls_in_flight": 2_000,
    "sessions": 100_000,
    "streams_per_principal": 1_000,
}
SCOPES: Final = ("mcp:read", "mcp:call")
SHIPPED: Final = ("text", "data", "time", "compute")


class DemoRefusedError(ApplicationError):
    """The demo's credentials have no place on an installation that others can reach."""

    code: ClassVar[str] = "demo_refused"


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One tenant of the demo: its owner, and its servers with their toolkits."""

    slug: str
    name: str
    email: str
    servers: dict[str, tuple[str, ...]]


ACME: Final = DemoTenant("acme", "Acme", "ada@acme.test", {"demo": SHIPPED, "everything": ("conformance",)})
GLOBEX: Final = DemoTenant("globex", "Globex", "gus@globex.test", {"demo": SHIPPED})


def demo_seed() -> dict[str, Any]:
    """Make whatever of the demo is missing; returns its addresses and credentials. Raises DemoRefusedError."""
    if not settings.EMBEDDED:
        raise DemoRefusedError(f"The demo is for loopback only, and PUBLIC_URL is {settings.PUBLIC_URL}.")
    ours, outsider = _seed_tenant(ACME), _seed_tenant(GLOBEX)
    (outsider_server,) = outsider["servers"].values()
    return {
        "base_url": settings.PUBLIC_URL,
        "tenant": ours["tenant"],
        "owner": ours["owner"],
        "outsider": {
            "tenant": outsider["tenant"],
            "owner": outsider["owner"],
            "server_url": outsider_server["url"],
            "api_key": outsider_server["api_key"],
        },
        "servers": ours["servers"],
    }


def _seed_tenant(demo: DemoTenant) -> dict[str, Any]:
    owner = _seed_owner(demo.email)
    found = tenant_of_user(user_id=owner.pk, slug=demo.slug)
    tenant = tenant_create(owner=owner, slug=demo.slug, name=demo.name) if found is None else found.tenant
    if tenant.plan != LIMITS:
        tenant = tenant_limits_set(tenant=tenant, actor=PLATFORM, overrides=LIMITS)
    return {
        "tenant": demo.slug,
        "owner": {"email": demo.email, "password": demo_password(email=demo.email)},
        "servers": {slug: _seed_server(tenant, owner, slug, toolkits) for slug, toolkits in demo.servers.items()},
    }


def _seed_owner(email: str) -> User:
    password = demo_password(email=email)
    owner = claimants(email=email).owner
    if owner is None:
        return user_create(email=email, password=password, name=email.partition("@")[0].title())
    if not owner.check_password(password):
        owner.set_password(password)
        owner.save(update_fields=["password", "updated_at"])
    return owner


def _seed_server(tenant: Tenant, owner: User, slug: str, toolkits: tuple[str, ...]) -> dict[str, str]:
    secret = demo_key(tenant=tenant.slug, server=slug)
    with tenant_scope(tenant):
        server = Server.objects.filter(slug=slug).first()
        if server is None:
            server = server_create(tenant=tenant, actor=PLATFORM, slug=slug, name=slug.title(), toolkits=toolkits)
        elif _complete(server, toolkits, tenant.limits):
            server_changed(tenant=tenant, server=server)
        _seed_key(tenant, owner, server, secret)
    return {"url": f"{settings.PUBLIC_URL}/mcp/{tenant.slug}/{slug}", "api_key": secret}


def _complete(server: Server, toolkits: tuple[str, ...], limits: PlanLimits) -> int:
    """Add what its toolkits have and it does not; how much that was."""
    tools = template_install(server=server, toolkits=toolkits, most=limits.tools_per_server)
    most = limits.resources_and_prompts_per_server
    return tools + primitives_install(server=server, toolkits=toolkits, most=most)


def _seed_key(tenant: Tenant, owner: User, server: Server, secret: str) -> None:
    """Make the key, or revive it; a key of an earlier secret of the installation ends."""
    family = uuid5(NAMESPACE_URL, f"atrium:demo:{tenant.slug}/{server.slug}")
    digest = token_digest(secret.encode()).hex()
    outdated = ApiKey.objects.filter(family=family, revoked_at__isnull=True).exclude(digest=digest)
    ended = ApiKey.objects.filter(pk__in=list(outdated.values_list("pk", flat=True)))
    ended.update(revoked_at=timezone.now())
    api_keys_changed(ended)
    member_locked(user_id=owner.pk)
    current = ApiKey.objects.filter(digest=digest)
    if not current.exists():
        choices = ApiKeyChoices(name=f"Demo key for {server.slug}", scopes=SCOPES, expires_at=None, family=family)
        api_key_issue(tenant=tenant, user_id=owner.pk, choices=choices, server_ids=[server.pk], secret=secret)
    elif current.filter(revoked_at__isnull=False).update(revoked_at=None):
        api_keys_changed(current)
