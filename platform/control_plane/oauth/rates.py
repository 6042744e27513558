"""How often one address may ask the authorization server: a bound on load and on guessing, not a quota.

Each web process counts for itself. Never by client alone: many people share one.
"""

from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

from control_plane.health.access import request_address


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    name: str
    most: int
    seconds: int


AUTHORIZE: Final = Rate("authorize", 120, 60)
TOKEN: Final = Rate("token", 600, 60)
REFUSED: Final = Rate("refused", 120, 60)
"""Answers of the token and revocation endpoints that were refusals."""


def is_too_often(request: HttpRequest, rate: Rate) -> bool:
    """Count this request; True where the address has asked too often."""
    return _count(request, rate) > rate.most


def has_been_too_often(request: HttpRequest, rate: Rate) -> bool:
    """True where it has, without counting this request."""
    return int(cache.get(_key(request, rate), 0)) >= rate.most


def _count(request: HttpRequest, rate: Rate) -> int:
    key = _key(request, rate)
    cache.add(key, 0, rate.seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it expired in between
        return 1


def _key(request: HttpRequest, rate: Rate) -> str:
    return f"oauth:{rate.name}:{request_address(request).encode().hex()}"
