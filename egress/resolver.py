"""From a name to the addresses that may be connected to. One private address among several refuses them all."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, Final, Protocol

from egress.addresses import Address, Denied, Network, Public, classify
from egress.errors import EgressFailed, EgressRefused

MOST_ADDRESSES: Final = 32
MOST_LOOKUPS: Final = 32
MOST_LOOKUPS_OF_ONE: Final = 8
"""How many of them one tenant may take: names that answer slowly are easily had."""


class Resolver(Protocol):
    """Looks names up. It may answer anything: what it answers is checked."""

    async def resolve(self, name: str) -> Sequence[Address]:
        """The addresses of a lower-case DNS name, in the order to try them. Raises OSError when there are none.

        It is cancelled when the time for the whole fetch is over.
        """


class SystemResolver:
    """The operating system's resolver, in threads that nobody waits for once the time is over.

    `getaddrinfo` knows no time limit. An executor's threads would be joined when a loop or the process ends, so these
    are daemons of their own; `most` is how many there may be, and `most_of_one` how many for one tenant, slow ones that
    were given up included. Names are looked up as absolute ones; with `relative` in the host's search domains too, as
    this installation finds its own services.
    """

    def __init__(
        self,
        lookup: Callable[..., Any] = socket.getaddrinfo,
        *,
        most: int = MOST_LOOKUPS,
        most_of_one: int = MOST_LOOKUPS_OF_ONE,
        relative: bool = False,
    ) -> None:
        self._lookup = lookup
        self._end = "" if relative else "."
        self._free = BoundedSemaphore(most)
        self._most_of_one = most_of_one
        self._of_tenants: Counter[str] = Counter()
        self._counting = Lock()

    async def resolve(self, name: str) -> Sequence[Address]:
        """See Resolver. Raises EgressFailed (resolver_busy)."""
        return await self._resolve(name, "")

    def share_of(self, tenant: str) -> Resolver:
        """The same, for one tenant, which gets no more than its share; for nobody's account, as it is."""
        return _Share(self._resolve, tenant) if tenant else self

    async def _resolve(self, name: str, tenant: str) -> Sequence[Address]:
        self._enter(tenant)
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Sequence[Address]] = loop.create_future()
        try:
            Thread(target=self._run, args=(name, tenant, loop, found), name="egress-resolver", daemon=True).start()
        except RuntimeError as error:
            self._leave(tenant)
            raise EgressFailed("resolver_busy") from error
        return await found

    def _enter(self, tenant: str) -> None:
        with self._counting:
            if self._of_tenants[tenant] >= self._most_of_one and tenant:
                raise EgressFailed("resolver_busy")
            if not self._free.acquire(blocking=False):
                raise EgressFailed("resolver_busy")
            self._of_tenants[tenant] += 1

    def _leave(self, tenant: str) -> None:
        with self._counting:
            self._free.release()
            self._of_tenants[tenant] -= 1
            if not self._of_tenants[tenant]:
                del self._of_tenants[tenant]

    def _run(
        self, name: str, tenant: str, loop: asyncio.AbstractEventLoop, found: asyncio.Future[Sequence[Address]]
    ) -> None:
        try:
            answer: Sequence[Address] | OSError = self._ask(name)
        except OSError as error:
            answer = error
        finally:
            self._leave(tenant)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, found, answer)

    def _ask(self, name: str) -> Sequence[Address]:
        # With a dot at its end the name is absolute: the host's search domains are not tried with it.
        rows = self._lookup(f"{name}{self._end}".encode("ascii"), None, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(ip_address(row[4][0]) for row in rows))


@dataclass(frozen=True, slots=True)
class _Share:
    ask: Callable[[str, str], Awaitable[Sequence[Address]]]
    tenant: str

    async def resolve(self, name: str) -> Sequence[Address]:
        """See Resolver."""
        return await self.ask(name, self.tenant)


def _settle(found: asyncio.Future[Sequence[Address]], answer: Sequence[Address] | OSError) -> None:
    if found.done():
        return
    if isinstance(answer, OSError):
        found.set_exception(answer)
    else:
        found.set_result(answer)


async def allowed_addresses(
    name: str, resolver: Resolver, *, denied: tuple[Network, ...] = (), excepted: tuple[Network, ...] = ()
) -> tuple[Sequence[Address], bool]:
    """The addresses of a name, and whether they are public: either all are, or all are in excepted networks.

    Raises EgressRefused, and EgressFailed where there are none.
    """
    try:
        addresses = await resolver.resolve(name)
    except OSError as error:
        raise EgressFailed("name_not_found") from error
    if not addresses:
        raise EgressFailed("name_not_found")
    if len(addresses) > MOST_ADDRESSES:
        raise EgressRefused("too_many_addresses")
    kinds = {type(classify(address, further=denied, excepted=excepted)) for address in addresses}
    if Denied in kinds or len(kinds) > 1:
        raise EgressRefused("address_not_public")
    return addresses, Public in kinds
