"""`manage.py seed_demo`: make the demo, or what is missing of it, and say how to get in."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services.demo import DemoRefusedError, demo_seed


class Command(BaseCommand):
    """Safe to repeat, also while the platform runs."""

    help = "Make the demo's tenants, servers, people and keys, as far as they are missing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` prints one JSON object and nothing else."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and print."""
        try:
            demo = demo_seed()
        except DemoRefusedError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(demo))
            return
        self.stdout.write(f"Sign in at {demo['base_url']} as {demo['owner']['email']}: {demo['owner']['password']}")
        for server in demo["servers"].values():
            self.stdout.write(f"{server['url']}  {server['api_key']}")
