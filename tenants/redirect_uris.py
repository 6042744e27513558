"""Redirect URIs: what may be registered as one, and whether a given one is (OAuth 2.1 sections 2.3 and 4.1.1).

They are compared character by character, so each has one spelling here, and what two readers could read differently
can't be registered. The one exception is the port of an http loopback address, which a program gets from the system
when it listens (RFC 8252 section 7.3). `localhost` counts as one, for that is what clients use.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from tenants.errors import InvalidValueError

LONGEST: Final = 2_000
LONGEST_HOST: Final = 255
"""With its port, as a connection keeps it."""
MOST: Final = 10
"""How many one client may register."""
LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})

_FIELD: Final = "redirect_uris"
# The characters of RFC 3986 without `*` and `[`, `]` (but for a host), and a percent sign only before two digits.
_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?\[\]@!$&'()+,;=-]|%[0-9A-Fa-f]{2})+")
_PARTS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?@:\[\]]+|\[::1\])(?P<port>:[1-9][0-9]{0,4})?(?P<path>/[^?\[\]]*)?(?P<query>\?[^\[\]]*)?"
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_CONTROL: Final = re.compile(r"%(?:[01][0-9A-F]|7F)", re.IGNORECASE)
_MOST_DECODINGS: Final = 4


def check_redirect_uris(uris: Sequence[str]) -> list[str]:
    """All that a client registers, without repetitions. Raises InvalidValueError for the first that is no good."""
    checked = list(dict.fromkeys(check_redirect_uri(uri) for uri in uris[: MOST + 1]))
    if not 1 <= len(uris) <= MOST:
        raise InvalidValueError(f"Register 1 to {MOST} redirect URIs.", field=_FIELD)
    return checked


def check_redirect_uri(uri: str) -> str:
    """The URI as it is, where it may be registered. Raises InvalidValueError, which says what to change."""
    parts = _plain_parts(uri)
    host, port = parts["host"], parts["port"]
    if port is not None and int(port[1:]) >= 2**16:
        raise _no("The port of a redirect URI is a number below 65536.")
    if _is_loopback_otherwise_spelt(host):
        raise _no("Spell a loopback redirect URI with localhost, 127.0.0.1 or [::1].")
    if parts["scheme"] == "http" and host not in LOOPBACK:
        raise _no("A redirect URI begins with https://, or with http:// on localhost, 127.0.0.1 or [::1].")
    if host not in LOOPBACK and not (_is_name(host) and len(host + (port or "")) <= LONGEST_HOST):
        raise _no("A redirect URI names its host in lower case, by its DNS name in ASCII (letters, digits, hyphens).")
    _check_path(parts["path"] or "")
    return uri


def is_redirect_uri(uri: str) -> bool:
    """True for what may be registered at all."""
    try:
        check_redirect_uri(uri)
    except InvalidValueError:
        return False
    return True


def redirect_uri_allowed(registered: Sequence[str], given: str) -> bool:
    """True where `given` is one of the registered URIs, or differs from one in the port of an http loopback only.

    What could not be registered any more is not allowed either, wherever it stands written.
    """
    if not is_redirect_uri(given):
        return False
    return given in registered or _without_loopback_port(given) in map(_without_loopback_port, registered)


def is_loopback(uri: str) -> bool:
    """True where the answer goes to whichever program listens on the person's own machine."""
    return _host(uri) in LOOPBACK


def redirect_host(uri: str) -> str:
    """The host that a person is told of, and that a connection is bound to. Its port belongs to it, unless it is an
    http loopback's, which changes from one time to the next."""
    return _authority(_without_loopback_port(uri))


def redirect_origin(uri: str) -> str:
    """Scheme, host and port."""
    return f"{uri.partition('://')[0]}://{_authority(uri)}"


def _plain_parts(uri: str) -> re.Match[str]:
    if len(uri) > LONGEST:
        raise _no(f"A redirect URI has {LONGEST:,} characters at most.")
    if "#" in uri:
        raise _no("A redirect URI has no fragment: leave out # and what follows.")
    if "*" in uri:
        raise _no("A redirect URI has no wildcards: register each one as it is.")
    if not uri.startswith(("https://", "http://")):
        raise _no("A redirect URI begins with https://, or with http:// on localhost, 127.0.0.1 or [::1].")
    if "@" in re.split(r"[/?\\]", uri.partition("://")[2])[0]:
        raise _no("A redirect URI carries no user name or password.")
    parts = _PARTS.fullmatch(uri) if _CHARACTERS.fullmatch(uri) else None
    if parts is None or _CONTROL.search(uri):
        raise _no(
            "A redirect URI is an absolute URL in plain ASCII, without spaces, backslashes or control characters."
        )
    return parts


def _check_path(path: str) -> None:
    decoded = path
    for _ in range(_MOST_DECODINGS):
        decoded = unquote(decoded, errors="replace")
    segments = {segment.partition(";")[0] for segment in decoded.split("/")}
    if {".", ".."} & segments or "\\" in decoded or not decoded.isprintable():
        raise _no("The path of a redirect URI has no dot segments, backslashes or control characters, encoded or not.")


def _is_name(host: str) -> bool:
    """A DNS name (RFC 1123), so no address in any spelling: a name's last label begins with a letter."""
    labels = host.split(".")
    return len(host) <= 253 and labels[-1][:1].isalpha() and all(map(_LABEL.fullmatch, labels))


def _is_loopback_otherwise_spelt(host: str) -> bool:
    bare = host.rstrip(".").lower()
    if host in LOOPBACK:
        return False
    return bare == "localhost" or bare.endswith(".localhost") or bare.startswith("127.") or bare == "0.0.0.0"  # noqa: S104


def _without_loopback_port(uri: str) -> str:
    scheme, _, rest = uri.partition("://")
    authority = _authority(uri)
    if scheme != "http" or _host(uri) not in LOOPBACK:
        return uri
    return f"http://{_host(uri)}{rest.removeprefix(authority)}"


def _authority(uri: str) -> str:
    return re.split(r"[/?]", uri.partition("://")[2])[0]


def _host(uri: str) -> str:
    return re.sub(r":[0-9]*$", "", _authority(uri))


def _no(message: str) -> InvalidValueError:
    return InvalidValueError(message, field=_FIELD)
