"""An upstream and its authorization server without a wire: what is asked of them is answered from a table, and whatever
else is asked for goes to the guard, with a canary behind it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from egress.addresses import Address
from egress.allowance import ANYTHING
from egress.answers import Fetched
from egress.denials import Caller
from egress.door import Door
from egress.guard import Outside as Ways
from egress.outgoing import Outgoing
from tenants.upstream_oauth.asking import Asker
from tests.egress.outside import INSTALLATION, PUBLIC, Recorder

URL: Final = "https://mcp.example/mcp"
ISSUER: Final = "https://auth.example"
RESOURCE_METADATA: Final = "https://mcp.example/.well-known/oauth-protected-resource/mcp"
SERVER_METADATA: Final = f"{ISSUER}/.well-known/oauth-authorization-server"
Table = dict[str, tuple[int, Any, dict[str, str]]]


@dataclass
class Pointed:
    """A resolver that leads everything to one place."""

    leads_to: Sequence[Address] = (PUBLIC,)

    async def resolve(self, name: str) -> Sequence[Address]:
        return self.leads_to


class CannedDoor(Door):
    """The door of production for what is not in the table. `asked` is everything."""

    def __init__(self, table: Table, names: Pointed, canary: Recorder) -> None:
        super().__init__(installation=INSTALLATION, outside=Ways(names, canary, None, names))
        self.table = table
        self.asked: list[str] = []

    async def fetch(self, outgoing: Outgoing, caller: Caller) -> Fetched:
        self.asked.append(outgoing.url)
        if outgoing.url not in self.table:
            return await super().fetch(outgoing, caller)
        status, content, headers = self.table[outgoing.url]
        return Fetched(status, tuple(headers.items()), json.dumps(content).encode())


def resource_document(**changes: Any) -> dict[str, Any]:
    return {"resource": URL, "authorization_servers": [ISSUER], "scopes_supported": ["read"], **changes}


def server_document(**changes: Any) -> dict[str, Any]:
    """Metadata of an authorization server; None leaves a field out."""
    usual = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "code_challenge_methods_supported": ["S256"],
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


@dataclass
class Wired:
    """A world with its table, as one test wants it."""

    table: Table = field(default_factory=dict)
    names: Pointed = field(default_factory=Pointed)
    canary: Recorder = field(default_factory=Recorder)

    def __post_init__(self) -> None:
        self.door = CannedDoor(self.table, self.names, self.canary)
        self.says(URL, {}, 401)
        self.says(RESOURCE_METADATA, resource_document())
        self.says(SERVER_METADATA, server_document())

    def says(self, url: str, content: Any, status: int = 200, **headers: str) -> None:
        """From now on, this is at the URL. Underscores in names of headers stand for hyphens."""
        self.table[url] = (status, content, {name.replace("_", "-"): value for name, value in headers.items()})

    def lacks(self, *urls: str) -> None:
        """There is nothing at these."""
        for url in urls:
            self.says(url, {}, 404)

    def asker(self) -> Asker:
        return Asker(self.door, INSTALLATION, "acme", ANYTHING, "max")
