#!/usr/bin/env python
"""Django's command line for Atrium."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Put the source root `platform/` on the path (after the folder of this file) and run the command."""
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
