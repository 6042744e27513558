"""The control plane as a Django application."""

from django.apps import AppConfig
from django.conf import settings


class ControlPlaneConfig(AppConfig):
    """Doors to the domain: HTML, REST, OAuth; processes, settings, health."""

    name = "control_plane"

    def ready(self) -> None:
        """Register the system checks, and the tasks' application with their schedule wherever tasks are sent or run.

        The runtime does neither, and saves the memory.
        """
        from control_plane import checks, egress_checks  # noqa: F401 - importing registers

        if settings.PROCESS != "runtime":
            from control_plane import schedule  # noqa: F401 - importing registers
