#!/usr/bin/env python
"""Django's command line for Atrium."""

import gc
import os
import sys
from pathlib import Path


def main() -> int:
    """Put the source root `platform/` on the path (after the folder of this file) and run the command.

    A setting that is missing or malformed is one sentence, and exit status 2.
    """
    gc.set_threshold(20_000, 20, 50)  # what is loaded stays; to look through it meanwhile takes an eighth of the start
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
