"""What somebody wants sent, and the request that is made of it (RFC 9110, RFC 9112)."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

import h11

from egress.errors import EgressRefused
from egress.purposes import Rules
from egress.urls import Target

Headers: TypeAlias = tuple[tuple[str, str], ...]
Body: TypeAlias = bytes | AsyncIterable[bytes]

MOST_HEADERS: Final = 100
LARGEST_HEADERS: Final = 16 * 1024
SECRET_HEADERS: Final = frozenset({"authorization", "cookie"})
"""Credentials under any caller: an origin that they were not meant for never sees them."""

NOT_THE_CALLERS: Final = frozenset(
    b"accept-encoding connection content-length expect host keep-alive proxy-authorization proxy-connection te "
    b"trailer transfer-encoding upgrade".split()
)
"""Headers of the connection, of the framing, and of proxies."""


class Redirects(Enum):
    """What becomes of an answer that leads elsewhere. HAND_OVER gives it to a caller that follows by itself, and asks
    again with another URL, which goes through every check again."""

    REFUSE = "refuse"
    FOLLOW = "follow"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request before it is checked. `secret_headers` are lower-case names of headers that carry a credential, beside
    SECRET_HEADERS. `deadline`, `idle` (seconds) and `max_bytes` narrow the purpose's limits; None leaves them. A body
    of bytes can be sent again to where a redirect leads; one that comes piece by piece can't."""

    url: str
    method: str = "GET"
    headers: Headers = ()
    body: Body = b""
    secret_headers: frozenset[str] = frozenset()
    redirects: Redirects = Redirects.REFUSE
    deadline: float | None = None
    idle: float | None = None
    max_bytes: int | None = None


def wire_request(outgoing: Outgoing, target: Target, rules: Rules) -> h11.Request:
    """The request for a target. Raises EgressRefused (header_not_allowed, request_too_large)."""
    try:
        given = [(name.encode("ascii"), value.encode("ascii")) for name, value in outgoing.headers]
        ours = _our_headers(outgoing, target, rules, {name.lower() for name, _ in given})
        request = h11.Request(method=outgoing.method, target=target.request_target, headers=[*ours, *given])
    except (UnicodeEncodeError, h11.LocalProtocolError) as error:
        raise EgressRefused("header_not_allowed") from error
    not_allowed = NOT_THE_CALLERS if rules.sends_cookies else NOT_THE_CALLERS | {b"cookie"}
    if any(name.lower() in not_allowed for name, _ in given):
        raise EgressRefused("header_not_allowed")
    if len(given) > MOST_HEADERS or sum(len(name) + len(value) for name, value in given) > LARGEST_HEADERS:
        raise EgressRefused("request_too_large")
    return request


def _our_headers(outgoing: Outgoing, target: Target, rules: Rules, given: set[bytes]) -> list[tuple[bytes, bytes]]:
    headers = [(b"Host", target.authority.encode("ascii")), (b"Accept-Encoding", b"identity")]
    if not rules.keeps_alive:
        headers.append((b"Connection", b"close"))
    if b"user-agent" not in given:
        headers.append((b"User-Agent", b"Atrium"))
    if not isinstance(outgoing.body, bytes):
        headers.append((b"Transfer-Encoding", b"chunked"))
    elif outgoing.body or outgoing.method in ("POST", "PUT", "PATCH"):  # RFC 9110, 8.6
        headers.append((b"Content-Length", str(len(outgoing.body)).encode("ascii")))
    return headers
