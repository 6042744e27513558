"""`python -m tests.browser.served KIND …`: what `control_plane.serve` serves, in a world of the tests.

Every name of that world is one of a private network, which the operator has excepted, and every connection into it
leads to the port of loopback that a file holds at that moment: a test that has something there writes it down. The
guard of `egress` runs whole before: nothing in the product can be told to leave it out.
"""

import asyncio
import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import egress.door
import egress.guard
from control_plane import serve
from egress.addresses import Address
from egress.guard import Outside
from tests.egress.outside import Names

INSIDE: Final = ip_address("10.1.2.3")
ENVIRONMENT: Final = {"EGRESS_PRIVATE_NETWORKS": "10.1.0.0/16", "EGRESS_PORTS": "8080"}
WRITTEN_DOWN: Final = "outside.port"


class Leading:
    """A connector that leads wherever the file says; without one, nobody is there."""

    def __init__(self, written: Path) -> None:
        self._written = written

    async def connect(self, address: Address, port: int) -> socket.socket:
        """A connection to what stands for that address."""
        if not self._written.exists():
            raise ConnectionRefusedError
        connection = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio spares these the delay of small writes
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", int(self._written.read_text())))
        return connection


if __name__ == "__main__":
    way = Outside(resolver=Names([[INSIDE]]), connector=Leading(Path(os.environ["ATRIUM_DATA_DIR"]) / WRITTEN_DOWN))
    for module in (egress.guard, egress.door):  # before anything of Django's is imported, and takes it from there
        module.Outside = lambda: way  # type: ignore[attr-defined]
    sys.exit(serve.main())
