"""One refresh in a process of its own: `python -m tests.end_to_end.refresh_dying CLIENT_ID REFRESH_TOKEN`.

It ends, as by a power cut, after the commit and before anybody could be told.
"""

import os
import sys

import django
from django.db import transaction
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
django.setup()

from tenants.models import Application  # noqa: E402 - models need Django first
from tenants.selectors.housekeeping import oauth_scope  # noqa: E402
from tenants.services.tokens import refresh_examine, refresh_trade  # noqa: E402

with oauth_scope():
    transaction.on_commit(lambda: os._exit(9))
    application = Application.objects.get(client_id=sys.argv[1])
    rotation = refresh_examine(secret=sys.argv[2], application=application, now=timezone.now())
    assert rotation is not None
    refresh_trade(rotation=rotation, scopes=["mcp:read", "mcp:call"], now=timezone.now())
