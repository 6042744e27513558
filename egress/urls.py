"""Which URLs may be asked for. Strict where RFC 3986 is wide: what two parsers can read in two ways is refused."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from egress.addresses import Network, private_networks
from egress.errors import EgressRefused

LONGEST_URL: Final = 2048
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_FIRST_FREE_PORT: Final = 1024
_MOST_DECODINGS: Final = 4

# The characters of RFC 3986, and a percent sign only before two hexadecimal digits.
_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_PARTS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?"
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[.*\]|[^:]*)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

NEVER_PUBLIC: Final = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan"}
    | {"arpa", "invalid", "test", "onion", "alt"}
)
"""Top-level domains that no public host is in: RFC 6761, 6762 and its appendix G, 7686, 8375, 9476, ICANN's `internal`.
A name in another domain that leads inside is found when its addresses are classified."""


INSIDE: Final = frozenset({"internal", "intranet", "private", "corp", "home", "lan"})
"""Those of them under which organisations name what they run inside: good for the operator's private networks."""

OF_OTHER_PROTOCOLS: Final = frozenset(
    {1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 4369, 5060, 5432, 5671, 5672, 6000, 6379, 6380, 6432, 6667}
    | {9042, 9092, 10250, 11211, 26379, 27017}
)
"""Ports from 1024 where databases, brokers and the machinery of containers listen. No policy can name them."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one kind of caller may ask for. Each field narrows, or names what is wanted; none turns a check off.

    `ports`: 443 alone unless said otherwise, so that nobody scans ports through us; below 1024 only 443 and 80 can be
    named, for the rest there belongs to other protocols. `forbidden_hosts`: lower-case names of this installation.
    `denied_networks`: the operator's own public ranges and NAT64 prefixes, denied beside the table.
    `private_networks`: the operator's exceptions. Plain http, every port from 1024 and names under INSIDE are good for
    hosts there, and only for them.
    """

    ports: Collection[int] = frozenset({443})
    forbidden_hosts: Collection[str] = frozenset()
    denied_networks: tuple[Network, ...] = ()
    private_networks: tuple[Network, ...] = ()

    def __post_init__(self) -> None:
        if not all(map(is_port_for_http, self.ports)):
            raise ValueError("Ports are 443, 80, or 1024 and above where no other protocol is at home.")
        private_networks(self.private_networks)


def is_port_for_http(port: int) -> bool:
    """Whether a policy may name the port."""
    return port in _DEFAULT_PORTS.values() or (_FIRST_FREE_PORT <= port < 2**16 and port not in OF_OTHER_PROTOCOLS)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was checked. `host` is a lower-case DNS name, `request_target` path and query as they were given.

    Where `inside_only` is a reason, the host must lead to the operator's private networks, or is refused for it.
    """

    scheme: str
    host: str
    port: int
    request_target: str
    inside_only: str | None = None

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is in it only where it is not the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The URL in one spelling: scheme and host in lower case, no port where it is the scheme's own."""
        return f"{self.scheme}://{self.authority}{self.request_target}"


def check_url(url: str, policy: Policy) -> Target:
    """The parts of a URL that the policy allows. Raises EgressRefused. Nothing is normalised but case: what was checked
    is what is sent."""
    if len(url) > LONGEST_URL:
        raise EgressRefused("url_too_long")
    parts = _PARTS.fullmatch(url) if _CHARACTERS.fullmatch(url) else None
    if parts is None:
        raise EgressRefused("url_malformed")
    scheme, may_be_inside = parts["scheme"].lower(), bool(policy.private_networks)
    if scheme != "https" and not (scheme == "http" and may_be_inside):
        raise EgressRefused("scheme_not_allowed")
    if "@" in parts["authority"]:
        raise EgressRefused("credentials_in_url")
    if parts["fragment"] is not None:
        raise EgressRefused("fragment_in_url")
    host, port = _host_and_port(parts["authority"], scheme, policy)
    inside_only = _inside_only(scheme, host, port, policy)
    return Target(scheme, host, port, _checked_path(parts["path"]) + (parts["query"] or ""), inside_only)


def _host_and_port(authority: str, scheme: str, policy: Policy) -> tuple[str, int]:
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise EgressRefused("url_malformed")
    port, may_be_inside = int(parts["port"] or _DEFAULT_PORTS[scheme]), bool(policy.private_networks)
    if port not in policy.ports and not (may_be_inside and is_port_for_http(port)):
        raise EgressRefused("port_not_allowed")
    return checked_host(parts["host"].lower(), policy.forbidden_hosts, may_be_inside=may_be_inside), port


def _inside_only(scheme: str, host: str, port: int, policy: Policy) -> str | None:
    if scheme == "http":
        return "scheme_not_allowed"
    if port not in policy.ports:
        return "port_not_allowed"
    return "host_not_public" if host.rpartition(".")[2] in NEVER_PUBLIC else None


def checked_host(host: str, forbidden: Collection[str], *, may_be_inside: bool = False) -> str:
    """The lower-case host, where it is a full DNS name (RFC 1123) that may be public. Raises EgressRefused.

    An address is refused in every spelling: a name's last label begins with a letter, no number in any base does.
    """
    labels = host.split(".")
    if host.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        raise EgressRefused("host_is_address")
    if labels[-1] in NEVER_PUBLIC - (INSIDE if may_be_inside else frozenset()):
        raise EgressRefused("host_not_public")
    if len(labels) == 1 or len(host) > 253 or not labels[-1][:1].isalpha() or not all(map(_LABEL.fullmatch, labels)):
        raise EgressRefused("host_not_a_name")
    if host in forbidden:
        raise EgressRefused("host_is_ours")
    return host


def _checked_path(path: str) -> str:
    """The path, `/` for none. Raises EgressRefused where some server could read a way upwards out of it."""
    decoded = path
    for _ in range(_MOST_DECODINGS if "%" in path else 0):
        decoded = unquote(decoded, errors="replace")
    segments = [segment.partition(";")[0] for segment in decoded.split("/")]
    if "\\" in decoded or _CONTROL.search(decoded) or {".", ".."} & set(segments):
        raise EgressRefused("path_not_plain")
    return path or "/"
