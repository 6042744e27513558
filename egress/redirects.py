"""Where an answer leads, as a request of its own: it is checked like the first one (RFC 9110, 15.4)."""

from dataclasses import replace
from typing import Final
from urllib.parse import urldefrag, urljoin

from egress.errors import EgressFailed, EgressRefused
from egress.outgoing import SECRET_HEADERS, Outgoing
from egress.urls import Policy, Target, check_url

FOLLOWED: Final = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER: Final = 303
_KEEP_METHOD: Final = frozenset({307, 308})
_OF_A_BODY: Final = frozenset(
    {"content-encoding", "content-language", "content-location", "content-type", "digest", "last-modified"}
)


def followed(outgoing: Outgoing, target: Target, status: int, location: str | None, policy: Policy) -> Outgoing:
    """The request that a redirect of this one asks for. Credentials stay with the origin that they were for, and once
    left behind they don't come back. Raises EgressRefused, EgressFailed (bad_response) where it leads nowhere."""
    if status not in FOLLOWED:
        raise EgressRefused("redirected")
    if not location:
        raise EgressFailed("bad_response")
    further = _as_get(outgoing) if _becomes_get(outgoing.method, status) else outgoing
    if not isinstance(further.body, bytes):
        raise EgressRefused("redirected")
    further = replace(further, url=_resolved(target, location))
    destination = check_url(further.url, policy)
    if target.scheme == "https" and destination.scheme != "https":
        raise EgressRefused("scheme_not_allowed")
    return further if destination.origin == target.origin else without_secrets(further)


def without_secrets(outgoing: Outgoing) -> Outgoing:
    """The request as another origin may see it."""
    secret = SECRET_HEADERS | {name.lower() for name in outgoing.secret_headers}
    return replace(outgoing, headers=tuple(header for header in outgoing.headers if header[0].lower() not in secret))


def _resolved(target: Target, location: str) -> str:
    try:
        return urldefrag(urljoin(target.url, location)).url
    except ValueError as error:
        raise EgressRefused("url_malformed") from error


def _becomes_get(method: str, status: int) -> bool:
    if status == _SEE_OTHER:
        return method not in ("GET", "HEAD")
    return method == "POST" and status not in _KEEP_METHOD


def _as_get(outgoing: Outgoing) -> Outgoing:
    kept = tuple(header for header in outgoing.headers if header[0].lower() not in _OF_A_BODY)
    return replace(outgoing, method="GET", body=b"", headers=kept)
