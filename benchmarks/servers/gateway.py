"""Atrium's runtime, with an upstream on this machine: `python -m benchmarks.servers.gateway UPSTREAM_PORT PORT`, in the
environment of a runtime.

Atrium connects to no loopback address, whoever asks. So the upstream has a name of a private network that the operator
has excepted; every check of the way out is made, and only the connection itself leads to loopback at last.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

ENVIRONMENT: Final = {"EGRESS_PRIVATE_NETWORKS": "10.1.0.0/16", "EGRESS_PORTS": "8080"}
URL: Final = "http://plain.bench.internal:8080/mcp"

os.environ.update(ENVIRONMENT)

import egress.door  # noqa: E402 - what is said above must be known before
from control_plane import serve  # noqa: E402
from egress.addresses import Address  # noqa: E402
from egress.guard import Outside  # noqa: E402


class Inside:
    """A resolver and a connector: every name is in the private network, and every address there is the upstream."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, name: str) -> Sequence[Address]:
        """One address."""
        return [ip_address("10.1.2.3")]

    async def connect(self, address: Address, port: int) -> socket.socket:
        """A connection to the upstream."""
        connection = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio spares these the delay of small writes
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self._port))
        return connection


if __name__ == "__main__":
    inside = Inside(int(sys.argv[1]))
    egress.door.Outside = lambda: Outside(resolver=inside, connector=inside)  # type: ignore[misc, assignment]
    sys.argv[1:] = ["runtime", "--port", sys.argv[2]]
    sys.exit(serve.main())
