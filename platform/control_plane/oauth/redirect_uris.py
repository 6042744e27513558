"""Where an answer may be sent: to a registered redirect URI, character by character (OAuth 2.1 section 4.1.1).

The one exception is the port of a loopback address, which a program on this machine gets from the system when it
listens (RFC 8252 section 7.3). `localhost` counts as one, for that is what clients use.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})

_PLAIN: Final = re.compile(r"(https?)://([a-z0-9.-]+|\[::1\])(?::(\d{1,5}))?(/[!-~]*|\?[!-~]*)?")
_FORBIDDEN: Final = re.compile(r"[#\\\"<>^`{|}\s]")


def redirect_uri_allowed(registered: Sequence[str], given: str) -> bool:
    """True where `given` is one of the registered URIs, or differs from one in a loopback's port only."""
    if not is_redirect_uri(given):
        return False
    return given in registered or (
        is_loopback(given) and _without_port(given) in {_without_port(uri) for uri in registered if is_loopback(uri)}
    )


def is_redirect_uri(uri: str) -> bool:
    """True for what may be registered at all: https, or http on a loopback address; nothing hidden in it."""
    match = _PLAIN.fullmatch(uri)
    if match is None or _FORBIDDEN.search(uri) or (match[3] and not 0 < int(match[3]) < 65536):
        return False
    return match[1] == "https" or match[2] in LOOPBACK


def is_loopback(uri: str) -> bool:
    """True where the answer goes to whichever program listens on the person's own machine."""
    return urlsplit(uri).scheme == "http" and _host(urlsplit(uri)) in LOOPBACK


def redirect_host(uri: str) -> str:
    """The host that a person is told of, and that a connection is bound to: without the port of a loopback address."""
    parts = urlsplit(uri)
    return _host(parts) if is_loopback(uri) else parts.netloc


def redirect_origin(uri: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc


def _without_port(uri: str) -> tuple[str, str, str]:
    parts = urlsplit(uri)
    return _host(parts), parts.path, parts.query
