"""`python -m tests.chaos.prepare`: companies with one server of background tools each, and a key for each.

Prints where to call and with which key, and who asks (`tests.chaos.asked`), as one JSON list.
"""

import json
import os
from dataclasses import asdict
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
django.setup()

from django.conf import settings  # noqa: E402 - models need Django first

from tenants.abilities import Role  # noqa: E402
from tenants.actor import PLATFORM, Actor  # noqa: E402
from tenants.models import ServerTool  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.services.api_keys import api_key_create  # noqa: E402
from tenants.services.demo import LIMITS  # noqa: E402
from tenants.services.servers import server_create  # noqa: E402
from tenants.services.tenants import tenant_create, tenant_limits_set  # noqa: E402
from tenants.services.users import user_create  # noqa: E402
from tests.chaos.asked import Asker  # noqa: E402

COMPANIES: Final = ("acme", "globex", "initech")


def company(slug: str) -> dict[str, Any]:
    """One company, its owner, its server and the owner's key."""
    owner = user_create(email=f"owner@{slug}.test", name="Owner")
    tenant = tenant_create(owner=owner, slug=slug, name=slug.title())
    tenant = tenant_limits_set(tenant=tenant, actor=PLATFORM, overrides=LIMITS)
    actor = Actor(role=Role.OWNER, user_id=owner.pk)
    server = server_create(tenant=tenant, actor=actor, slug="works", name="Works", toolkits=["warehouse"])
    key = api_key_create(tenant=tenant, actor=actor, name="chaos", scopes=["mcp:read", "mcp:call"])
    with tenant_scope(tenant):
        tools = {tool.name: str(tool.pk) for tool in ServerTool.objects.filter(server=server)}
    asker = Asker(
        tenant_id=str(tenant.pk),
        server_id=str(server.pk),
        user_id=str(owner.pk),
        key_id=str(key.api_key.pk),
        family=str(key.api_key.family),
        tools=tools,
    )
    url = f"{settings.PUBLIC_URL}/mcp/{slug}/works"
    return {"company": slug, "url": url, "key": key.secret, "asker": asdict(asker)}


if __name__ == "__main__":
    print(json.dumps([company(slug) for slug in COMPANIES]))
