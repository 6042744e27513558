"""An outside world of the tests: names that lead where a test says, and connections that are recorded below the guard.

The guard runs whole: it resolves, classifies, and hands the address that it found public to the connector. This one
writes down what it was given, and connects to the test's own listener instead.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final

from egress.addresses import Address
from egress.allowance import ANYTHING, Allowance
from egress.answers import Fetched
from egress.connecting import Connector
from egress.denials import Caller, Denial
from egress.door import Door
from egress.errors import EgressError
from egress.guard import Outside as Ways
from egress.installation import Installation
from egress.outgoing import Outgoing
from egress.pool import Pool
from egress.purposes import Purpose
from egress.resolver import Resolver
from tests.egress.certificates import trust

PUBLIC: Final = ip_address("93.184.216.34")
URL: Final = "https://client.example/oauth/client.json"
OURS: Final = frozenset({"atrium.hosting.example"})
INSTALLATION: Final = Installation(own_hosts=OURS)
STRANGER: Final = Caller(Purpose.CLIENT_METADATA)


@dataclass
class Visit:
    """One connection that came to the listener, with the request that it brought."""

    request: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: bytes) -> None:
        self.writer.write(text)
        await asyncio.sleep(0)  # else whoever never stops keeps the loop from noticing that nobody listens any more
        await self.writer.drain()

    async def until_gone(self) -> None:
        """Wait for the client to close the connection."""
        await self.reader.read()


Respond = Callable[[Visit], Awaitable[None]]


@dataclass
class Names:
    """A resolver that answers what it is told, one answer after the other, the last again and again."""

    answers: Sequence[Sequence[Address]] = ((PUBLIC,),)
    asked: list[str] = field(default_factory=list)

    async def resolve(self, name: str) -> Sequence[Address]:
        self.asked.append(name)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@dataclass
class Recorder:
    """A connector that keeps what it was asked to connect to, and connects to a local port, or to nothing."""

    port: int | None = None
    connects: list[tuple[Address, int]] = field(default_factory=list)
    opened: list[socket.socket] = field(default_factory=list)

    async def connect(self, address: Address, port: int) -> socket.socket:
        self.connects.append((address, port))
        if self.port is None:
            raise ConnectionRefusedError
        connection = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio spares these the delay of small writes
        self.opened.append(connection)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        return connection


@dataclass
class Outside:
    """The world as one test has it, and a door of it. `denials` are what the platform would have heard."""

    names: Resolver = field(default_factory=Names)
    recorder: Recorder = field(default_factory=Recorder)
    installation: Installation = INSTALLATION
    denials: list[Denial] = field(default_factory=list)
    pool: Pool | None = None
    trust: ssl.SSLContext | None = field(default_factory=trust)

    def door(self, *, connector: Connector | None = None) -> Door:
        """The door of production, in this world."""
        ways = Ways(self.names, connector or self.recorder, self.trust, self.names)
        return Door(installation=self.installation, outside=ways, report=self.denials.append, pool=self.pool)

    async def fetch(self, url: str = URL, caller: Caller = STRANGER, **given: Any) -> Fetched:
        return await self.door().fetch(outgoing(url, **given), caller)

    async def reason(self, url: str = URL, caller: Caller = STRANGER, **given: Any) -> str:
        """Why nothing is fetched; `fetched` where something is."""
        try:
            await self.fetch(url, caller, **given)
        except EgressError as error:
            return error.reason
        return "fetched"

    def blocking_reason(self, url: str = URL, **given: Any) -> str:
        """The same, through the door for threads."""
        try:
            self.door().fetch_blocking(outgoing(url, **given), STRANGER)
        except EgressError as error:
            return error.reason
        return "fetched"


def outgoing(url: str, **given: Any) -> Outgoing:
    """A request. Headers are a mapping here."""
    return Outgoing(url, **{**given, "headers": tuple(given.get("headers", {}).items())})


def caller(
    purpose: Purpose = Purpose.HTTP_TOOL, tenant: str = "acme", owner: str = "ada", allowance: Allowance = ANYTHING
) -> Caller:
    """Somebody of the cast who goes out."""
    return Caller(purpose, tenant, owner, allowance)


def answer(body: bytes = b"{}", *, status: str = "200 OK", **headers: str) -> bytes:
    """The bytes of a plain answer. Underscores in names of headers stand for hyphens."""
    fields: Mapping[str, str] = {"Content-Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body
