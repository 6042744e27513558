"""The life of one client, from its first request to the last one after its access was given back."""

from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.end_to_end.oauth.browser import Page
from tests.end_to_end.oauth.installation import Installation
from tests.end_to_end.oauth.real_clients import Kind, StartClient

NO_STREAM: Final = 405
"""How a server answers clients of the older era that try whether it has something to say unasked."""


@dataclass
class Life:
    """What was seen of it. `pages` are those of its user's browser, `first` and `second` what it stored before and
    after it refreshed, `end` what it told its user in the end and `ending` how its server answered it then."""

    kind: Kind
    era: str
    pages: list[Page]
    greeting: list[dict[str, Any]]
    tools: list[str]
    built: str
    first: dict[str, Any]
    looked: str
    second: dict[str, Any]
    refreshing: list[int]
    end: str = ""
    ending: list[int] = field(default_factory=list)


def live(kind: Kind, start: StartClient, installation: Installation) -> Life:
    """Connect with ada's consent, list, call, refresh after a quarter of an hour, give the tokens back, call again."""
    ada = installation.browser_of(installation.cast.ada)
    client = start(kind)
    life = Life(
        kind=kind,
        era=client.ask("connect", ada.allows),
        pages=ada.pages,
        greeting=client.answers(),
        tools=client.ask("list"),
        built=client.says("build", what="a shelf"),
        first=client.stored(),
        looked=_after_expiry(client, installation),
        refreshing=[status for status in client.statuses() if status != NO_STREAM],
        second=client.stored(),
    )
    give_back(installation, life.second)
    life.end = client.told_within_the_bound()
    life.ending = client.statuses()
    return life


def _after_expiry(client: Any, installation: Installation) -> str:
    installation.expire(client.stored()["access_token"])
    client.ask("wait_for_expiry")
    client.answers()
    return str(client.says("look"))


def give_back(installation: Installation, stored: dict[str, Any]) -> None:
    """What a client does when its user signs out of it (RFC 7009)."""
    form = {"token": stored["refresh_token"], "token_type_hint": "refresh_token", "client_id": stored["client_id"]}
    httpx.post(f"{installation.base_url}/oauth/revoke", data=form).raise_for_status()
