"""`python -m benchmarks.background_seed`: a tenant without limits; its server has one tool twice, inline and as a job.

With `times` it prints when each of its jobs was made, claimed and ended, in Unix time.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django's models must be set up before

from control_plane.management.commands.bench_seed import LIMITS  # noqa: E402
from tenants.abilities import Role  # noqa: E402
from tenants.actor import PLATFORM, Actor  # noqa: E402
from tenants.models import Job, Tenant  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.selectors.housekeeping import operator_scope  # noqa: E402
from tenants.services.api_keys import api_key_create  # noqa: E402
from tenants.services.server_tools import server_tool_add, server_tool_update  # noqa: E402
from tenants.services.servers import server_create  # noqa: E402
from tenants.services.tenants import tenant_create, tenant_limits_set  # noqa: E402
from tenants.services.users import user_create  # noqa: E402

SLUG = "bench"
MODES = ("inline", "background")
"""What the two are called, and how they run."""


def seed() -> dict[str, str]:
    """Make it; where its server is, and a key."""
    owner = user_create(email="ada@bench.test", name="Ada")
    tenant = tenant_create(owner=owner, slug=SLUG, name="Bench")
    tenant = tenant_limits_set(tenant=tenant, actor=PLATFORM, overrides=LIMITS)
    server = server_create(tenant=tenant, actor=PLATFORM, slug="steps", name="Steps", toolkits=[])
    actor = Actor(role=Role.OWNER, user_id=owner.pk)
    for mode in MODES:
        tool = server_tool_add(tenant=tenant, actor=actor, server=server, toolkit="steps", tool="take_steps", name=mode)
        server_tool_update(tenant=tenant, actor=actor, server=server, tool=tool, mode=mode)
    issued = api_key_create(tenant=tenant, actor=actor, name="Bench", scopes=["mcp:read", "mcp:call"], servers=[server])
    return {"url": f"{settings.PUBLIC_URL}/mcp/{SLUG}/steps", "api_key": issued.secret}


def times() -> dict[str, list[float]]:
    """By the job's id."""
    with operator_scope():
        tenant = Tenant.objects.get(slug=SLUG)
    with tenant_scope(tenant):
        rows = Job.objects.values_list("pk", "created_at", "started_at", "ended_at")
        return {str(pk): [moment.timestamp() for moment in moments] for pk, *moments in rows}


if __name__ == "__main__":
    print(json.dumps(times() if sys.argv[1:] == ["times"] else seed()))
