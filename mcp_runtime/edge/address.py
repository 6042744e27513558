"""The client's address: the connection's, or what trusted proxies say of it. Anybody else's word is ignored."""

from ipaddress import IPv4Network, IPv6Network, ip_address

Networks = tuple[IPv4Network | IPv6Network, ...]


def client_address(client: tuple[str, int] | None, forwarded: bytes | None, trusted: Networks) -> str:
    """The last address in X-Forwarded-For that is no trusted proxy; the connection's where no proxy is trusted."""
    address = client[0] if client else ""
    if not trusted or forwarded is None or not _is_trusted(address, trusted):
        return address
    for hop in reversed(forwarded.decode("latin-1").split(",")):
        address = hop.strip()
        if not _is_trusted(address, trusted):
            break
    return address


def _is_trusted(address: str, trusted: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
