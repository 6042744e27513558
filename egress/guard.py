"""Everything between a URL and a connection: what may be asked for, where the name leads, whose certificate it has."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egress.addresses import Address
from egress.clock import Clock
from egress.connecting import Connector, TcpConnector, checked_trust, connect_to_any, open_streams
from egress.connection import Connection
from egress.denials import Caller
from egress.errors import EgressFailed, EgressRefused
from egress.installation import Installation
from egress.outgoing import Outgoing
from egress.purposes import Rules
from egress.resolver import Resolver, SystemResolver, allowed_addresses
from egress.urls import Policy, Target, check_url

SYSTEM_RESOLVER: Final = SystemResolver()
STORES_RESOLVER: Final = SystemResolver(relative=True)
TCP_CONNECTOR: Final = TcpConnector()


@dataclass(frozen=True, slots=True)
class Outside:
    """What lies between here and other hosts. No part of it can leave out a check; tests put others in their places.

    `trust` None is what this system trusts. `stores_resolver` looks the installation's own stores up.
    """

    resolver: Resolver = SYSTEM_RESOLVER
    connector: Connector = TCP_CONNECTOR
    trust: ssl.SSLContext | None = None
    stores_resolver: Resolver = STORES_RESOLVER


@dataclass(frozen=True, slots=True)
class Guard:
    """The checks of one installation. Raises EgressRefused and EgressFailed, and ValueError for an `outside` that does
    not verify certificates."""

    outside: Outside
    installation: Installation

    def __post_init__(self) -> None:
        checked_trust(self.outside.trust)

    def check(self, outgoing: Outgoing, caller: Caller, rules: Rules) -> tuple[Target, Policy]:
        """Where a request may go, as far as its own words tell."""
        policy = self.installation.policy(rules)
        target = check_url(outgoing.url, policy)
        if outgoing.method not in rules.methods or not caller.allowance.allows_method(outgoing.method):
            raise EgressRefused("method_not_allowed")
        if not caller.allowance.allows_host(target.host):
            raise EgressRefused("host_not_allowed")
        return target, policy

    async def open(self, target: Target, policy: Policy, clock: Clock, *, tenant: str = "") -> Connection:
        """A connection to an address that was classified: the name is looked up once, and every address counts."""
        resolver = self.outside.resolver
        if isinstance(resolver, SystemResolver):
            resolver = resolver.share_of(tenant)
        async with clock.wait():
            addresses, are_public = await allowed_addresses(
                target.host, resolver, denied=policy.denied_networks, excepted=policy.private_networks
            )
            if not are_public:
                await self._check_stores(addresses)
            elif target.inside_only is not None:
                raise EgressRefused(target.inside_only)
            connection = await connect_to_any(addresses, target.port, self.outside.connector)
            return Connection(*await open_streams(target, connection, checked_trust(self.outside.trust)))

    async def _check_stores(self, addresses: Sequence[Address]) -> None:
        """In a network of the operator's own the stores may be neighbours of what is asked for."""
        try:
            lookups = [self.outside.stores_resolver.resolve(store) for store in self.installation.stores]
            found = await asyncio.gather(*lookups)
        except OSError as error:
            raise EgressFailed("own_addresses_unknown") from error
        if set(addresses) & {address for addresses_of_one in found for address in addresses_of_one}:
            raise EgressRefused("host_is_ours")
