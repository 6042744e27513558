"""One change of the domain in a process of its own: `python -m tests.end_to_end.dying issue|revoke [KEY_ID]`.

`revoke` ends the process, as by a power cut, after the commit and before anything that follows one.
"""

import json
import os
import sys
from uuid import UUID

import django
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
django.setup()

from tenants.actor import Actor  # noqa: E402 - models need Django first
from tenants.models import User  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.selectors.across_tenants import tenant_of_user  # noqa: E402
from tenants.services.api_keys import api_key_create, api_key_revoke  # noqa: E402

ada = User.objects.get(email="ada@acme.test")
found = tenant_of_user(user_id=ada.pk, slug="acme")
assert found is not None
tenant, actor = found.tenant, Actor(role=found.role, user_id=ada.pk)

if sys.argv[1] == "issue":
    issued = api_key_create(tenant=tenant, actor=actor, name="doomed", scopes=["mcp:read", "mcp:call"])
    print(json.dumps({"id": str(issued.api_key.pk), "secret": issued.secret}))
else:
    with tenant_scope(tenant), transaction.atomic():
        transaction.on_commit(lambda: os._exit(9))
        api_key_revoke(tenant=tenant, actor=actor, api_key_id=UUID(sys.argv[2]))
