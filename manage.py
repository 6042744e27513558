#!/usr/bin/env python
"""Django's command line for Atrium."""

import os
import sys
from pathlib import Path


def main() -> int:
    """Put the source root `platform/` on the path (after the folder of this file) and run the command.

    A setting that is missing or malformed is one sentence, and exit status 2.
    """
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
    from django.core.management import execute_from_command_line

    from control_plane.environment import ConfigurationError

    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
