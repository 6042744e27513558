"""The scenarios of the public suite that Atrium passes, by revision; a new feature adds its scenarios here."""

from typing import Final

PASSING: Final = {
    "2025-11-25": (
        "server-initialize",
        "ping",
        "tools-list",
        "tools-call-simple-text",
        "tools-call-error",
        "tools-call-with-progress",
        "dns-rebinding-protection",
    ),
    "2026-07-28": (
        "tools-list",
        "tools-call-simple-text",
        "tools-call-error",
        "tools-call-with-progress",
        "http-header-validation",
        "dns-rebinding-protection",
    ),
}
