"""The runtime process: MCP and nothing else. `python -m control_plane.serve runtime`.

Django is set up for the ports' queries only: the administration, REST and OAuth's views are not even imported.
"""

import os

import django

from control_plane import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
environment.announce_process("runtime")
django.setup()

from control_plane.composition import runtime_application  # noqa: E402 - Django's models must be set up before

application = runtime_application()
