"""The server that a client is told of."""

import re
from dataclasses import dataclass
from typing import Any, Final

NAME_LENGTH: Final = 60
PLACEHOLDER: Final = "YOUR_API_KEY"
"""Stands where a key goes, until one is made."""


@dataclass(frozen=True, slots=True)
class Target:
    """`url` is where the server is, `slug` what it is called there; `is_local` where no other machine reaches it."""

    url: str
    slug: str
    is_local: bool = False

    @property
    def name(self) -> str:
        """What a client calls it: letters, digits, `-` and `_`, beginning with a letter or digit."""
        return client_name(self.slug)

    @property
    def variable(self) -> str:
        """The environment variable for its key."""
        upper = re.sub(r"[^A-Z0-9]", "_", self.name.upper())
        return f"{'MCP_' if upper[0].isdigit() else ''}{upper}_KEY"

    @property
    def entry(self) -> dict[str, Any]:
        """What `mcp.json` files of most clients hold of it."""
        return {"type": "http", "url": self.url}

    def with_key(self, entry: dict[str, Any], key: str) -> dict[str, Any]:
        """An entry that sends a key."""
        return {**entry, "headers": {"Authorization": f"Bearer {key}"}}


def client_name(slug: str) -> str:
    """A name that every client takes, from any text."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", slug).strip("-_")[:NAME_LENGTH]
    return name or "server"
