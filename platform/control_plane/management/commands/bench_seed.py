"""`manage.py bench_seed`: a tenant whose limits are far away, with one server holding one `echo` tool."""

import json
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tenants.abilities import Role
from tenants.actor import PLATFORM, Actor
from tenants.services.api_keys import api_key_create
from tenants.services.servers import server_create
from tenants.services.tenants import tenant_create, tenant_limits_set
from tenants.services.users import user_create

RATE: Final = {"per_second": 1_000_000, "burst": 2_000_000}
LIMITS: Final = {
    "tenant": RATE,
    "principal": RATE,
    "calls_per_day": 1_000_000_000,
    "calls_in_flight": 10_000,
    "sessions": 100_000,
    "streams_per_principal": 10_000,
}


class Command(BaseCommand):
    """For the fresh stores of `bench_target`; prints `url` and `api_key` as one JSON object."""

    help = __doc__
    requires_system_checks = []

    def handle(self, *_: Any, **__: Any) -> None:
        """Migrate and make it."""
        if not settings.EMBEDDED:
            raise CommandError(
                f"A tenant without limits is for loopback only, and PUBLIC_URL is {settings.PUBLIC_URL}."
            )
        call_command("migrate", interactive=False, verbosity=0)
        owner = user_create(email="ada@bench.test", name="Ada")
        tenant = tenant_create(owner=owner, slug="bench", name="Bench")
        tenant = tenant_limits_set(tenant=tenant, actor=PLATFORM, overrides=LIMITS)
        server = server_create(tenant=tenant, actor=PLATFORM, slug="echo", name="Echo", toolkits=["echo"])
        actor = Actor(role=Role.OWNER, user_id=owner.pk)
        issued = api_key_create(
            tenant=tenant, actor=actor, name="Bench", scopes=["mcp:read", "mcp:call"], servers=[server]
        )
        self.stdout.write(json.dumps({"url": f"{settings.PUBLIC_URL}/mcp/bench/echo", "api_key": issued.secret}))
