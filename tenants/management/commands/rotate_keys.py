"""`manage.py rotate_keys`: seal anew what the installation's older keys have sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services.secret_keys import data_keys_renew, data_keys_reseal


class Command(BaseCommand):
    """Safe to repeat, to interrupt, and to run while the platform runs."""

    help = (
        "Seal every tenant's data key by the first of ENCRYPTION_KEYS. Once each process has that key in its settings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--data-keys` turns those, too."""
        parser.add_argument(
            "--data-keys", action="store_true", help="also give every tenant a new data key, and seal its secrets by it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn, and say how much. Fails where something did not open: then no old key may go."""
        keys = data_keys_reseal()
        self.stdout.write(f"{keys.sealed_anew} data keys were sealed anew.")
        unreadable = keys.unreadable
        if options["data_keys"] and not unreadable:
            secrets = data_keys_renew()
            self.stdout.write(f"{secrets.sealed_anew} secrets were sealed anew.")
            unreadable = secrets.unreadable
        if unreadable:
            raise CommandError(f"{unreadable} did not open. Keep the old keys: one that they need is not in the ring.")
