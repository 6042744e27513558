"""Which addresses are public, by a table of our own.

`ipaddress.is_global` is not asked: what it says differs between patch levels of Python, and it misses forms that hold
an IPv4 address inside. The sources are the IANA registries "IPv4 Special-Purpose Address Space", "IPv6 Special-Purpose
Address Space" (both after RFC 6890) and "IPv6 Global Unicast Address Assignments", and where clouds serve metadata.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Public:
    """The address may be connected to."""


@dataclass(frozen=True, slots=True)
class Excepted:
    """The address lies in a private network that the operator lets be reached."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The address may not be connected to. `reason` says what it is, for the log and never for a stranger."""

    reason: str


_IPV4: Final = (
    ("0.0.0.0/8", "this network (RFC 791)"),
    ("10.0.0.0/8", "private (RFC 1918)"),
    ("100.64.0.0/10", "carrier-grade NAT (RFC 6598); cloud metadata at 100.100.100.200"),
    ("127.0.0.0/8", "loopback (RFC 1122)"),
    ("168.63.129.16/32", "cloud metadata (Azure)"),
    ("169.254.0.0/16", "link-local (RFC 3927); cloud metadata at 169.254.169.254 and 169.254.170.2"),
    ("172.16.0.0/12", "private (RFC 1918)"),
    ("192.0.0.0/24", "protocol assignments (RFC 6890); cloud metadata at 192.0.0.192"),
    ("192.0.2.0/24", "documentation (RFC 5737)"),
    ("192.31.196.0/24", "AS112 (RFC 7535)"),
    ("192.52.193.0/24", "AMT (RFC 7450)"),
    ("192.88.99.0/24", "6to4 relays (RFC 7526)"),
    ("192.168.0.0/16", "private (RFC 1918)"),
    ("192.175.48.0/24", "AS112 (RFC 7534)"),
    ("198.18.0.0/15", "benchmarking (RFC 2544)"),
    ("198.51.100.0/24", "documentation (RFC 5737)"),
    ("203.0.113.0/24", "documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast (RFC 5771)"),
    ("240.0.0.0/4", "reserved (RFC 1112), broadcast (RFC 919)"),
)

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All that is assigned as global unicast. Outside lie loopback, link-local, site-local, unique local (cloud metadata at
fd00:ec2::254), multicast, discard, SRv6, and IPv4 inside IPv6: compatible, mapped, SIIT, NAT64 (64:ff9b::/96 and
64:ff9b:1::/48). NAT64 is denied whatever it holds: what a translator does with it is not ours to see."""

_IPV6: Final = (
    ("2001::/23", "protocol assignments (RFC 2928): Teredo, ORCHID, benchmarking, AMT, AS112"),
    ("2001:db8::/32", "documentation (RFC 3849)"),
    ("2002::/16", "6to4 (RFC 3056)"),
    ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
    ("3ffe::/16", "6bone, returned (RFC 3701)"),
    ("3fff::/20", "documentation (RFC 9637)"),
)

_MAY_BE_EXCEPTED: Final = tuple(
    ip_network(network) for network in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
_METADATA: Final = tuple(ip_network(network) for network in ("100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32"))
"""Where clouds answer inside networks that an operator may except: Alibaba, Amazon, Google. Never reached."""

DENIED_IPV4: Final = tuple((IPv4Network(network), reason) for network, reason in _IPV4)
DENIED_IPV6: Final = tuple((IPv6Network(network), reason) for network, reason in _IPV6)


def classify(
    address: Address, *, further: tuple[Network, ...] = (), excepted: tuple[Network, ...] = ()
) -> Public | Excepted | Denied:
    """Whether an address may be connected to. `further` networks are denied beside the table's, and before `excepted`
    ones are let be: those are the operator's, and went through `private_networks`."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return Denied("bound to an interface (RFC 4007)")
    if any(address in network for network in further):
        return Denied("denied by the installation")
    if any(address in network for network in excepted) and not any(address in network for network in _METADATA):
        return Excepted()
    if isinstance(address, IPv4Address):
        return _listed(next((reason for network, reason in DENIED_IPV4 if address in network), None))
    if address not in _GLOBAL_UNICAST:
        return Denied("not global unicast (RFC 4291)")
    if _is_isatap(address):
        return Denied("IPv4 inside an interface identifier: ISATAP (RFC 5214)")
    return _listed(next((reason for network, reason in DENIED_IPV6 if address in network), None))


def private_networks(networks: Iterable[Network]) -> tuple[Network, ...]:
    """The networks, each within RFC 1918, RFC 6598 or RFC 4193. Raises ValueError for any other: loopback, link-local
    and the rest of the table can't be excepted by anybody."""
    given = tuple(networks)
    for network in given:
        if not any(_is_within(network, allowed) for allowed in _MAY_BE_EXCEPTED):
            raise ValueError(f"{network} is not within {', '.join(map(str, _MAY_BE_EXCEPTED))}")
    return given


def _is_within(network: Network, larger: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(larger, IPv4Network) and network.subnet_of(larger)
    return isinstance(larger, IPv6Network) and network.subnet_of(larger)


def _listed(reason: str | None) -> Public | Denied:
    return Public() if reason is None else Denied(reason)


def _is_isatap(address: IPv6Address) -> bool:
    """Whether the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address, under whatever prefix."""
    return (int(address) >> 32) & 0xFDFF_FFFF == 0x5EFE
