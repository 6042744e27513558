"""Every way out refuses every hostile URL, and the connector below the guard is asked for nothing. A hole is seen."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

import httpx2
import pytest

import egress.guard
import egress.redirects
import egress.resolver
from egress.addresses import Address, Public
from egress.errors import REFUSED, EgressError
from egress.outgoing import Outgoing, Redirects
from egress.pool import Pool
from egress.purposes import RULES, Purpose
from egress.transport import EgressTransport, EgressTransportError
from egress.urls import Target
from tests.egress.conftest import Listen
from tests.egress.hostile_corpus import corpus, hostile
from tests.egress.outside import PUBLIC, Outside, Visit, answer, caller, outgoing

pytestmark = pytest.mark.anyio

SAFE: Final = (PUBLIC, 443)
GoesOut = Callable[[Outside, str], Awaitable[str]]


@dataclass
class Switched:
    """A resolver that answers what is in place just now."""

    answer: Sequence[Address] = (PUBLIC,)
    asked: list[str] = field(default_factory=list)

    async def resolve(self, name: str) -> Sequence[Address]:
        self.asked.append(name)
        return self.answer


def by_purpose(purpose: Purpose) -> GoesOut:
    methods = sorted(RULES[purpose].methods)

    async def go(outside: Outside, url: str) -> str:
        method, follows = methods[len(url) % len(methods)], len(url) % 2
        way = Redirects.FOLLOW if follows else Redirects.HAND_OVER
        return await outside.reason(url, caller(purpose), method=method, redirects=way)

    return go


async def piece_by_piece(outside: Outside, url: str) -> str:
    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    try:
        async with outside.door().open(outgoing(url, method="PUT", body=body()), caller()) as came:
            return "fetched" if [piece async for piece in came.chunks()] else "empty"
    except EgressError as error:
        return error.reason


async def in_a_thread(outside: Outside, url: str) -> str:
    return await asyncio.to_thread(outside.blocking_reason, url)


async def through_httpx2(outside: Outside, url: str) -> str:
    transport = EgressTransport(outside.door(), caller(Purpose.UPSTREAM_MCP), origin="https://client.example")
    async with httpx2.AsyncClient(transport=transport, trust_env=False, follow_redirects=True) as client:
        try:
            return str((await client.get(url)).status_code)
        except EgressTransportError as error:
            return error.reason
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.RemoteProtocolError):
            return "httpx2 itself"


WAYS: Final[dict[str, GoesOut]] = {
    **{purpose.value: by_purpose(purpose) for purpose in Purpose},
    "piece by piece": piece_by_piece,
    "in a thread": in_a_thread,
}


async def leaks(go: GoesOut, entries: Iterable[tuple[str, Sequence[Address]]]) -> list[str]:
    """The URLs for which a connection was made, or that were not refused."""
    names = Switched()
    outside, found = Outside(names=names), []
    for url, names.answer in entries:
        reason = await go(outside, url)
        if outside.recorder.connects or reason not in REFUSED:
            found.append(f"{url}: {reason}")
        outside.recorder.connects.clear()
    return found


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_refuses_every_hostile_url_and_nothing_is_connected_to(way: str) -> None:
    entries = hostile()
    assert len({url for url, _ in entries}) >= 500
    # A thread with a loop of its own for each is dear: there it is every seventh.
    assert await leaks(WAYS[way], entries[:: 7 if way == "in a thread" else 1]) == []


async def test_what_httpx2_makes_of_a_hostile_url_is_checked_as_it_is_asked_for() -> None:
    """It mends some (dot segments, fragments, tabs): what it asks for then is another URL, and leads outside."""
    names = Switched()
    outside = Outside(names=names)
    for url, names.answer in hostile():
        reason = await through_httpx2(outside, url)
        assert set(outside.recorder.connects) <= {SAFE}, url
        assert names.answer == [PUBLIC] or reason == "address_not_public", url
        outside.recorder.connects.clear()


async def test_a_redirect_to_a_hostile_url_is_not_followed(listen: Listen) -> None:
    pending = [url for url, leads_to in hostile() if leads_to == [PUBLIC] and url.isprintable() and url.isascii()]

    async def respond(visit: Visit) -> None:
        while True:
            await visit.say(answer(status="307 Temporary", Location=pending[-1]))
            await visit.reader.readuntil(b"\r\n\r\n")

    outside = await listen(respond)
    outside.pool = Pool()
    outcomes: Counter[str] = Counter()
    while pending:
        reason = await outside.reason("https://client.example/", caller(), redirects=Redirects.FOLLOW, idle=5.0)
        # A relative one leads to the same good host again, which leads to where it led before.
        assert reason in REFUSED, pending[-1]
        outcomes[reason] += 1
        pending.pop()
    assert outside.recorder.connects == [SAFE], "one connection, which is kept, to who leads there"
    assert outcomes.total() >= 300
    assert outcomes["host_is_address"] >= 50


async def test_a_redirect_to_a_name_that_leads_inside_is_not_followed(listen: Listen) -> None:
    class Inside(Switched):
        async def resolve(self, name: str) -> Sequence[Address]:
            return [PUBLIC] if name == "client.example" else [IPv4Address("169.254.169.254")]

    outside = await listen(answer(status="302 Found", Location="https://metadata.example/latest"))
    outside.names = Inside()
    assert await outside.reason(caller=caller(), redirects=Redirects.FOLLOW) == "address_not_public"
    assert outside.recorder.connects == [SAFE]


def _lax(url: str, _: object) -> Target:
    return Target("https", url.partition("//")[2].partition("/")[0].lower(), 443, "/")


HOLES: Final = {
    "addresses are not classified": (egress.resolver, "classify", lambda *_, **__: Public()),
    "URLs are not checked": (egress.guard, "check_url", _lax),
}


@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("way", ["client_metadata", "piece by piece"])
async def test_a_hole_in_the_guard_would_be_seen(hole: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await leaks(WAYS[way], hostile()[::6]) == []
    monkeypatch.setattr(*HOLES[hole])
    assert len(await leaks(WAYS[way], hostile()[::6])) > 25


async def test_a_refusal_is_reported_with_who_asked_for_what() -> None:
    outside = Outside()
    for url, _ in hostile()[::5]:
        outside.denials.clear()
        reason = await outside.reason(url, caller(Purpose.OPENAPI_IMPORT, "globex", "gus"))
        if reason == "no_connection":
            continue
        (denial,) = outside.denials
        assert (denial.reason, denial.purpose, denial.tenant, denial.owner) == (
            reason,
            Purpose.OPENAPI_IMPORT,
            "globex",
            "gus",
        )
        assert denial.host.isprintable()
        assert len(denial.host) <= 253


async def test_a_report_has_the_host_and_nothing_secret_of_the_url() -> None:
    outside = Outside()
    await outside.reason("https://user:secret@inside.example/token?key=secret")
    await outside.reason("http://127.0.0.1:6379/secret")
    await outside.reason("secret")
    assert [denial.host for denial in outside.denials] == ["inside.example", "127.0.0.1:6379", ""]


async def test_a_failure_is_nobodys_refusal() -> None:
    outside = Outside()
    assert await outside.reason() == "no_connection"
    assert outside.denials == []


def test_the_good_urls_are_no_small_matter() -> None:
    assert len(corpus("public_urls")) >= 100


async def test_a_purpose_has_its_methods_and_no_others() -> None:
    for purpose, rules in RULES.items():
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get", "X"):
            reason = await Outside().reason(caller=caller(purpose), method=method)
            assert reason == ("no_connection" if method in rules.methods else "method_not_allowed"), (purpose, method)
    assert Outgoing("https://client.example/").method == "GET"
