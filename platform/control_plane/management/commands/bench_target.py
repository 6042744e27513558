"""`manage.py bench_target --port P`: one runtime process with one `echo` tool, to be measured; until it is stopped."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from control_plane.bench_target import bench_target_serve
from control_plane.supervisor.family import Hopeless


class Command(BaseCommand):
    """The first line on standard output is a JSON object with `url` and `api_key`."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The port is required: whoever measures chooses it."""
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *_: Any, port: int, **__: Any) -> None:
        """Serve."""
        try:
            asyncio.run(bench_target_serve(port))
        except Hopeless as error:
            raise CommandError(str(error)) from error
