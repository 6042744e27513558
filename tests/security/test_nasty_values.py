"""Every parameter of every page, with what no form sends: refused or taken as text, and nobody hears of a neighbour."""

import re
from collections.abc import Iterator
from typing import Any, Final
from zlib import crc32

import pytest
from django.core.cache import cache
from django.test.client import ClientHandler

from tests.fixtures.api import Asker
from tests.security.asking import comparable
from tests.security.nasty_values import FOR_EVERY_PARAMETER, IN_TURN, Asked, everything, foreign_values, watched
from tests.security.undoing import undone
from tests.security.world import World

ASKED: Final = list(everything())
TURNS: Final = 12
ROW: Final = re.compile(r"-\d+-|_\d+$")
"""What tells the rows of a form apart, in the names of their fields."""
FORM: Final = "application/x-www-form-urlencoded"
UNREADABLE: Final = (
    ("%ff%fe=%ff&a=%ed%a0%80&a=2&b[]=1&=x&&", FORM),
    ("{}", "application/json"),
    ('--x\r\nContent-Disposition: form-data; name="a"; filename="\x00"\r\n\r\nb', "multipart/form-data; boundary=x"),
)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", settings.PASSWORD_HASHERS[-1]]


@pytest.fixture(scope="module")
def handler() -> ClientHandler:
    """One for all: to make one takes as long as a request."""
    return ClientHandler(enforce_csrf_checks=False)


@pytest.fixture
def askers(world: World, handler: ClientHandler) -> dict[str, Asker]:
    made = {
        "gus": world.at_the_dashboard(world.cast.gus.user),
        "olga": world.at_the_dashboard(world.olga),
        "nobody": Asker(),
    }
    for asker in made.values():
        asker.client.handler, asker.client.raise_request_exception = handler, False
    return made


def send(asker: Asker, asked: Asked, world: World, sent: dict[str, Any]) -> Any:
    cache.clear()
    headers = {**asker.headers, **asked.headers}
    with undone():
        if asked.route.method == "GET":
            return asker.client.get(asked.path(world), sent, headers=headers)
        if asked.route.route in ("oauth/token", "oauth/revoke"):
            body = "&".join(f"{name}={value}" for name, value in sent.items())
            return asker.client.post(asked.path(world), body.encode(), content_type=FORM, headers=headers)
        return asker.client.post(asked.path(world), sent, headers=headers)


def one_row_of_each(names: set[str]) -> list[str]:
    """The names without those of further rows: what reads one row of a form reads all of them."""
    first: dict[str, str] = {}
    for name in sorted(names):
        first.setdefault(ROW.sub("-", name), name)
    return sorted(first.values())


def nasty_forms(asked: Asked, good: dict[str, Any], names: set[str], foreign: list[str]) -> Iterator[dict[str, Any]]:
    """One parameter is wrong and the others are good: each in every way that matters most, then by turns in others, of
    which each route takes some."""
    ordered = one_row_of_each((names | good.keys()) - {"csrfmiddlewaretoken"})
    yield from ({**good, name: value} for name in ordered for value in FOR_EVERY_PARAMETER)
    others = [*IN_TURN, *foreign]
    first = crc32(repr(asked.route).encode())
    for number in range(TURNS if ordered else 0):
        yield {**good, ordered[number % len(ordered)]: others[(first + number) % len(others)]}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.who} {' '.join(asked.route)}")
def test_what_no_form_sends_breaks_nothing(world: World, askers: dict[str, Asker], asked: Asked) -> None:
    asker, good, foreign = askers[asked.who], asked.good(world), foreign_values(world)
    with watched() as names:
        assert send(asker, asked, world, good).status_code < 500
    for sent in nasty_forms(asked, good, set(names), foreign):
        answer = send(asker, asked, world, sent)
        assert answer.status_code < 500, sent
        if asked.who == "gus":
            assert world.leaked(comparable(answer, *foreign)[2]) == set(), sent


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.who} {' '.join(asked.route)}")
def test_what_cannot_be_read_is_refused_or_ignored(world: World, askers: dict[str, Asker], asked: Asked) -> None:
    asker, path = askers[asked.who], asked.path(world)
    for body, content_type in UNREADABLE[:1] if asked.route.method == "GET" else UNREADABLE:
        cache.clear()
        with undone():
            if asked.route.method == "GET":
                answer = asker.client.get(path, QUERY_STRING=body, headers=asker.headers)
            else:
                answer = asker.client.generic("POST", path, body, content_type=content_type, headers=asker.headers)
        assert answer.status_code < 500, (body, content_type)
