"""What the operator of an installation says about the way out. No tenant can change any of it."""

from dataclasses import dataclass
from functools import cache

from egress.addresses import Network
from egress.purposes import Rules
from egress.urls import Policy


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything here is the operator's. Raises ValueError where it contradicts itself (see Policy).

    `own_hosts`: lower-case names under which this installation is reached, and of its stores. `stores`: those of the
    stores that are looked up, so that no other name leads to them through an excepted network. `denied_networks` count
    before `private_networks`, which are the only exceptions there are. `ports`: what public hosts may be asked on.
    """

    own_hosts: frozenset[str] = frozenset()
    stores: tuple[str, ...] = ()
    denied_networks: tuple[Network, ...] = ()
    private_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({443})

    def __post_init__(self) -> None:
        Policy(ports=self.ports, private_networks=self.private_networks)

    def policy(self, rules: Rules) -> Policy:
        """What may be asked for under the rules of a purpose."""
        return _policy(self, rules.goes_inside)


@cache
def _policy(installation: Installation, goes_inside: bool) -> Policy:
    """Made once: it is asked for with every request."""
    return Policy(
        ports=installation.ports if goes_inside else frozenset({443}),
        forbidden_hosts=installation.own_hosts,
        denied_networks=installation.denied_networks,
        private_networks=installation.private_networks if goes_inside else (),
    )
