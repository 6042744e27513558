"""Plants the named faults, then runs the module."""

import os
import runpy
import sys
from importlib import import_module

import django

from control_plane import environment


def main() -> None:
    """As `python -m` does it."""
    names, module, *arguments = sys.argv[1:]
    if module == "control_plane.serve":
        environment.announce_process(arguments[0])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
    django.setup()
    for name in names.split(","):
        import_module(f"tests.chaos.faults.{name}").plant()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
