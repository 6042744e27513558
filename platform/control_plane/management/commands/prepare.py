"""`manage.py prepare`: bring the database up to date, and seed the demo where there is one. Safe to repeat."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrates, and prints what the demo consists of as JSON."""

    help = __doc__

    def handle(self, *_: Any, **__: Any) -> None:
        """Standard output holds the JSON alone."""
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        if settings.EMBEDDED:
            call_command("seed_demo", json=True, stdout=self.stdout)
        else:
            self.stdout.write(json.dumps({}))
