"""The life of one client, from its first request to the last one after its access was given back."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.end_to_end.oauth.installation import Installation
from tests.end_to_end.oauth.real_clients import ClientError, Kind, StartClient


@dataclass
class Life:
    """What was seen of it. `seen` are the pages of its user's browser, `first` and `second` what it stored before and
    after it refreshed, `end` what it told its user in the end and `ending` how its server answered it then."""

    kind: Kind
    era: str
    seen: list[str]
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
        seen=ada.seen,
        greeting=client.answers(),
        tools=client.ask("list"),
        built=client.says("build", what="a shelf"),
        first=client.stored(),
        looked=_after_expiry(client, installation),
        refreshing=client.statuses(),
        second=client.stored(),
    )
    give_back(installation, life.second)
    try:
        client.says("look")
    except ClientError as error:
        life.end = error.message
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
