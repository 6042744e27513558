"""Host and Origin: the protection against DNS rebinding, and CORS for clients in a browser.

MCP 2026-07-28 streamable-http, "Security & Endpoint". Credentials are bearer tokens only, so CORS never allows cookies.
"""

from typing import Final
from urllib.parse import urlsplit

from mcp_runtime.refusals import refuse
from mcp_runtime.settings import RuntimeSettings
from mcp_runtime.wire.exchange import Exchange, Header

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
EXPOSED: Final[Header] = (b"access-control-expose-headers", b"Mcp-Session-Id, WWW-Authenticate")
VARY: Final[Header] = (b"vary", b"Origin")
METHODS: Final[Header] = (b"access-control-allow-methods", b"POST, GET, DELETE, OPTIONS")
MAX_AGE: Final[Header] = (b"access-control-max-age", b"600")
REQUEST_HEADERS: Final = (
    "authorization",
    "content-type",
    "accept",
    "mcp-protocol-version",
    "mcp-session-id",
    "mcp-method",
    "mcp-name",
    "last-event-id",
)
KNOWN_AT_MOST: Final = 1_000


class HostPolicy:
    """Which Host headers name this installation."""

    def __init__(self, settings: RuntimeSettings) -> None:
        parts = urlsplit(settings.public_url)
        self._hosts = settings.allowed_hosts
        self._loopback = settings.allow_loopback
        self._known = {parts.netloc.encode()}

    def is_known(self, host: bytes | None) -> bool:
        """Whether this very Host header was found good before."""
        return host in self._known

    def check(self, exchange: Exchange) -> None:
        """Raises Refused (host_not_allowed)."""
        host = exchange.headers.get(b"host", b"").lower()
        if host in self._known:
            return
        if not self._allows(host.decode("latin-1")):
            raise refuse(
                "host_not_allowed", "This host name is not served here. Use the URL that the server's page shows."
            )
        if len(self._known) < KNOWN_AT_MOST:
            self._known.add(host)

    def _allows(self, host: str) -> bool:
        name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
        if not colon:
            name = host
        elif not port.isdigit():
            return False
        return name in self._hosts or (self._loopback and name in LOOPBACK)


class OriginPolicy:
    """Which web origins may talk to the runtime: the installation's own and the operator's list, then each server's."""

    def __init__(self, settings: RuntimeSettings) -> None:
        self._everywhere = settings.allowed_origins | {settings.public_url}
        self._loopback = settings.allow_loopback

    def check_everywhere(self, exchange: Exchange) -> bool:
        """Whether the origin is allowed at every server; no origin (not a browser) is."""
        origin = exchange.headers.get(b"origin")
        return origin is None or self._allowed_everywhere(origin.decode("latin-1"))

    def admit(self, exchange: Exchange, server_origins: tuple[str, ...] = ()) -> None:
        """Let the origin read the answer; raises Refused (origin_not_allowed)."""
        raw = exchange.headers.get(b"origin")
        if raw is None:
            return
        origin = raw.decode("latin-1")
        if not self._allowed_everywhere(origin) and origin not in server_origins:
            raise forbidden()
        exchange.extra = ((b"access-control-allow-origin", raw), VARY, EXPOSED)

    def _allowed_everywhere(self, origin: str) -> bool:
        if origin in self._everywhere:
            return True
        if not self._loopback:
            return False
        try:
            parts = urlsplit(origin)
            host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
            return parts.scheme in ("http", "https") and host in LOOPBACK and not parts.path
        except ValueError:
            return False


def forbidden() -> Exception:
    """The refusal of an origin."""
    return refuse(
        "origin_not_allowed", "This web origin may not use this server. An administrator can allow it in its settings."
    )


def preflight_headers(exchange: Exchange) -> tuple[Header, ...]:
    """The answer to a preflight. It tells nothing of the server: the origin itself is judged on the request."""
    origin = exchange.headers.get(b"origin", b"")
    asked = exchange.headers.get(b"access-control-request-headers", b"").decode("latin-1").lower()
    mirrored = [name for name in (item.strip() for item in asked.split(",")) if _is_parameter(name)]
    allowed = ", ".join([*REQUEST_HEADERS, *mirrored]).encode()
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-headers", allowed),
        METHODS,
        MAX_AGE,
        VARY,
        EXPOSED,
    )


def _is_parameter(name: str) -> bool:
    return (
        name.startswith("mcp-param-") and len(name) < 128 and all(c.isalnum() or c in "-_.!#$%&'*+^`|~" for c in name)
    )
