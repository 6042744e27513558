"""What the operator says about the way out, as `egress` wants it. No tenant can change any of it."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import parse_qs, urlsplit

from control_plane import environment
from egress.addresses import Network, private_networks
from egress.installation import Installation

_HOSTS_IN_QUERY: Final = "host"


def described(own_hosts: Iterable[str], stores: Iterable[str]) -> Installation:
    """The installation with these host names, and with stores at these URLs. Raises ConfigurationError where an
    exception is not a private network, or a port belongs to another protocol."""
    named = {host for store in stores for host in store_hosts(store)}
    addresses = [address for address in map(_address, named) if address is not None]
    names = {host for host in named if _address(host) is None}
    try:
        return Installation(
            own_hosts=frozenset(host.lower() for host in {*own_hosts, *names} if host),
            stores=tuple(sorted(names)),
            denied_networks=(*environment.networks("EGRESS_DENIED_NETWORKS"), *map(_only, addresses)),
            private_networks=private_networks(environment.networks("EGRESS_PRIVATE_NETWORKS")),
            ports=frozenset({443, *_ports()}),
        )
    except ValueError as error:
        raise environment.ConfigurationError(f"EGRESS_PRIVATE_NETWORKS or EGRESS_PORTS: {error}.") from error


def store_hosts(url: str) -> set[str]:
    """The hosts in a store's URL: one or several, or none where it is a file or a socket."""
    parts = urlsplit(url)
    listed = [parts.netloc.rpartition("@")[2], *parse_qs(parts.query).get(_HOSTS_IN_QUERY, [])]
    hosts = [_without_port(host) for some in listed for host in some.split(",")]
    return {host.lower() for host in hosts if host and not host.startswith(("/", "%2f", "%2F"))}


def _without_port(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _only(address: IPv4Address | IPv6Address) -> Network:
    return ip_network(address)


def _ports() -> list[int]:
    try:
        return [int(port) for port in environment.items("EGRESS_PORTS")]
    except ValueError as error:
        raise environment.ConfigurationError("EGRESS_PORTS has what is no number.") from error
