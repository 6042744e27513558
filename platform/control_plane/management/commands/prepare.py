"""`manage.py prepare`: bring the database up to date, and seed the demo where there is one. Safe to repeat."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from control_plane.environment import ConfigurationError


class Command(BaseCommand):
    """Migrates, and prints what the demo consists of as JSON."""

    help = __doc__
    requires_system_checks = []  # a database that can't be reached is said first, and sooner

    def handle(self, *_: Any, **__: Any) -> None:
        """Standard output holds the JSON alone. Raises ConfigurationError where the database can't be reached."""
        _require_database("owner" if "owner" in settings.DATABASES else "default")
        self.check()
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        if settings.EMBEDDED:
            call_command("seed_demo", json=True, stdout=self.stdout)
        else:
            self.stdout.write(json.dumps({}))


def _require_database(alias: str) -> None:
    name = "MIGRATION_DATABASE_URL" if alias == "owner" else "DATABASE_URL"
    try:
        connections[alias].ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"The database of {name} can't be reached: {reason}") from error
