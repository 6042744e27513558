"""From an address that was checked to a connection with the host that was meant."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import cache
from itertools import zip_longest
from typing import Final, Protocol

from egress.addresses import Address
from egress.errors import EgressFailed, EgressRefused
from egress.urls import Target

MOST_ATTEMPTS: Final = 4
SECONDS_PER_ATTEMPT: Final = 2.0
READ_SIZE: Final = 16 * 1024


class Connector(Protocol):
    """Opens TCP connections. It comes after every check, and is given addresses only, never names."""

    async def connect(self, address: Address, port: int) -> socket.socket:
        """A connected socket that does not block. Raises OSError."""


class TcpConnector:
    """Connects to exactly the address that it is given, directly: no proxy, whatever the environment says."""

    async def connect(self, address: Address, port: int) -> socket.socket:
        """See Connector. Raises EgressRefused (host_is_ours) for an address of this very machine."""
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        if _is_our_own(str(address), family):
            raise EgressRefused("host_is_ours")
        with ExitStack() as opened:
            # Named so, asyncio sends small pieces at once: a head and its body would else wait for each other.
            connection = opened.enter_context(socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP))
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, (str(address), port))
            opened.pop_all()
            return connection


def _is_our_own(address: str, family: socket.AddressFamily) -> bool:
    """Whether this machine holds a public address itself, behind which every port would be open to it.

    Connecting a datagram socket sends nothing: the kernel says only from which address it would send.
    """
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 9))
        source: str = probe.getsockname()[0]
        return source == address


async def connect_to_any(addresses: Sequence[Address], port: int, connector: Connector) -> socket.socket:
    """A connection to the first of the addresses that takes one. Raises EgressFailed (no_connection), EgressRefused."""
    for address in _alternating(addresses)[:MOST_ATTEMPTS]:
        with suppress(OSError):  # a TimeoutError is one
            async with asyncio.timeout(SECONDS_PER_ATTEMPT):
                return await connector.connect(address, port)
    raise EgressFailed("no_connection")


def _alternating(addresses: Sequence[Address]) -> list[Address]:
    """The addresses with their families in turn (RFC 8305, 4), so that one family without a way does not cost all."""
    preferred = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    return [address for pair in zip_longest(preferred, others) for address in pair if address is not None]


@cache
def system_trust() -> ssl.SSLContext:
    """The certificate authorities that this system trusts, TLS 1.2 at least, names in the certificate's own field."""
    context = ssl.create_default_context()
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    return context


def checked_trust(context: ssl.SSLContext | None) -> ssl.SSLContext:
    """The context to verify with. Raises ValueError for one that would not verify, or not the name."""
    context = system_trust() if context is None else context
    if context.verify_mode != ssl.CERT_REQUIRED or not context.check_hostname:
        raise ValueError("The TLS context must require a certificate and check the host's name.")
    return context


async def open_streams(
    target: Target, connection: socket.socket, context: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Streams over the connection, which they own from now on; with https the certificate is for the target's host.

    Raises EgressFailed (certificate_not_trusted, tls_failed), and then the connection is closed.
    """
    if target.scheme == "http":
        return await asyncio.open_connection(sock=connection, limit=READ_SIZE)
    try:
        return await asyncio.open_connection(sock=connection, limit=READ_SIZE, ssl=context, server_hostname=target.host)
    except ssl.SSLCertVerificationError as error:
        raise EgressFailed("certificate_not_trusted") from error
    except OSError as error:
        raise EgressFailed("tls_failed") from error
