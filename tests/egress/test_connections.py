"""The connector of production goes exactly where it is sent, and not even that far when it is sent to this machine."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import pytest

from egress.connecting import TcpConnector
from egress.errors import EgressRefused
from egress.installation import Installation
from egress.outgoing import Outgoing
from tests.egress.outside import Names, Outside, caller

pytestmark = pytest.mark.anyio
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")


@dataclass
class Canary:
    """A listener on every address of this machine, that counts who comes."""

    port: int = 0
    visits: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    canary = Canary()
    async with await asyncio.start_server(canary, "0.0.0.0", 0) as server:  # noqa: S104 - it is to be found everywhere
        canary.port = server.sockets[0].getsockname()[1]
        yield canary


async def test_a_listener_on_this_machine_is_never_reached_through_the_guard(canary: Canary) -> None:
    # An installation with exceptions: its URLs may have any scheme and port, and still lead to nothing here.
    installation = Installation(private_networks=(ip_network("10.0.0.0/8"),))
    spellings = ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"]  # noqa: S104
    for text in spellings:
        door = Outside(names=Names([[ip_address(text)]]), installation=installation).door(connector=TcpConnector())
        for host in ("client.example", text, f"[{text}]"):
            with pytest.raises(EgressRefused) as refused:
                await door.fetch(Outgoing(f"http://{host}:{canary.port}/"), caller())
            assert host != "client.example" or refused.value.reason == "address_not_public"
    # One visit of ours comes after whatever came before it.
    with socket.create_connection(("127.0.0.1", canary.port)) as control, suppress(OSError):
        await asyncio.to_thread(control.recv, 1)
    assert canary.visits == 1


async def test_an_address_that_this_machine_holds_is_not_connected_to(canary: Canary) -> None:
    with pytest.raises(EgressRefused) as refused:
        await TcpConnector().connect(ip_address("127.0.0.1"), canary.port)
    assert refused.value.reason == "host_is_ours"


@on_linux
async def test_the_connection_is_to_the_address_that_was_given(canary: Canary) -> None:
    with await TcpConnector().connect(ip_address("127.0.0.2"), canary.port) as connection:
        assert connection.getpeername() == ("127.0.0.2", canary.port)
        assert not connection.getblocking()


@on_linux
async def test_a_failed_connection_leaves_no_socket_behind() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.2", 0))  # bound and not listening: connecting is refused
        with pytest.raises(OSError, match=r"."):
            await TcpConnector().connect(ip_address("127.0.0.2"), taken.getsockname()[1])
