"""Bodies with a whole document in them: larger than what is sent otherwise."""

from typing import Final

from control_plane.api.json_body import JsonBody

LARGEST_BODY: Final = 32 * 1024 * 1024
"""In bytes: a document of 24 MiB, written as a JSON string."""


class LargeJsonBody(JsonBody):
    """As any other body, and larger."""

    def limit(self) -> int:
        """In bytes."""
        return LARGEST_BODY
