"""How often one address may ask the authorization server. Never by client alone: many people share one."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from control_plane import rates


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    name: str
    most: int
    seconds: int


AUTHORIZE: Final = Rate("authorize", 120, 60)
TOKEN: Final = Rate("token", 600, 60)
REFUSED: Final = Rate("refused", 120, 60)
"""Answers of the token and revocation endpoints that were refusals: of one client at one address, so that a client gone
wild keeps nobody else at the same address from working."""


def is_too_often(request: HttpRequest, rate: Rate) -> bool:
    """Count this request; True where the address has asked too often."""
    return is_too_often_by(rates.network_at(request), rate)


def is_too_often_by(who: str, rate: Rate) -> bool:
    """Count once for whoever or whatever this is; True where that is too often."""
    return rates.is_too_often(f"oauth-{rate.name}", who, most=rate.most, seconds=rate.seconds)


def has_been_too_often(who: str, rate: Rate) -> bool:
    """True where it was, without counting once more."""
    return rates.has_been_too_often(f"oauth-{rate.name}", who, most=rate.most)


def client_at(request: HttpRequest, client_id: str) -> str:
    """A client, as it calls itself, at the address of this request."""
    return f"{rates.network_at(request)} {client_id}"
