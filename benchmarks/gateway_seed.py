"""`python -m benchmarks.gateway_seed`: on the stores of `bench_target`, a server whose one tool is an upstream's.

It prints the server's path and a key.
"""

import json

import django

from benchmarks.servers.gateway import URL  # says what the settings are to be, so it comes before they are read
from benchmarks.servers.plain_mcp import ECHO

django.setup()

from tenants.abilities import Role  # noqa: E402 - Django's models must be set up before
from tenants.actor import Actor  # noqa: E402
from tenants.models import Membership, Tenant, UpstreamDefinition  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.selectors.housekeeping import operator_scope  # noqa: E402
from tenants.services.api_keys import api_key_create  # noqa: E402
from tenants.services.servers import server_create  # noqa: E402
from tenants.services.upstream_approvals import definitions_approve  # noqa: E402
from tenants.services.upstream_items import upstream_items_add  # noqa: E402
from tenants.services.upstream_offers import upstream_offer_take  # noqa: E402
from tenants.services.upstreams import upstream_create  # noqa: E402

AT_ONCE = 64
"""More than there are connections."""


def seed() -> dict[str, str]:
    """Connect, approve, put on a server."""
    with operator_scope():
        tenant = Tenant.objects.get(slug="bench")
    with tenant_scope(tenant):
        owner_id = Membership.objects.get(role=Role.OWNER).user_id
    actor = Actor(role=Role.OWNER, user_id=owner_id)
    who = {"tenant": tenant, "actor": actor}
    upstream = upstream_create(**who, prefix="bench", name="Plain", url=URL, concurrency=AT_ONCE)
    upstream_offer_take(tenant=tenant, upstream_id=upstream.pk, what={"tools": [ECHO]})
    with tenant_scope(tenant):
        seen = {row.pk: row.offered_digest for row in UpstreamDefinition.objects.filter(upstream=upstream)}
    approved = definitions_approve(**who, upstream_id=upstream.pk, seen=seen)
    server = server_create(**who, slug="gateway", name="Gateway")
    upstream_items_add(**who, server=server, definition_ids=[row.pk for row in approved])
    issued = api_key_create(**who, name="Gateway", scopes=["mcp:read", "mcp:call"], servers=[server])
    return {"path": "/mcp/bench/gateway", "api_key": issued.secret}


if __name__ == "__main__":
    print(json.dumps(seed()))
