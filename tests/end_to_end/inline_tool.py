"""`python -m tests.end_to_end.inline_tool NAME`: the long tool of acme's demo once more, by this name, run where it is
asked for."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
django.setup()

from tenants.actor import Actor  # noqa: E402 - models need Django first
from tenants.models import Server, User  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.selectors.across_tenants import tenant_of_user  # noqa: E402
from tenants.services.server_tools import server_tool_add, server_tool_update  # noqa: E402

ada = User.objects.get(email="ada@acme.test")
found = tenant_of_user(user_id=ada.pk, slug="acme")
assert found is not None
tenant, actor = found.tenant, Actor(role=found.role, user_id=ada.pk)
with tenant_scope(tenant):
    server = Server.objects.get(slug="demo")
    made = server_tool_add(
        tenant=tenant, actor=actor, server=server, toolkit="compute", tool="matrix_decomposition", name=sys.argv[1]
    )
    server_tool_update(tenant=tenant, actor=actor, server=server, tool=made, mode="inline")
