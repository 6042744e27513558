"""A redirect that is followed keeps what it may, leaves credentials behind, and comes to an end."""

from collections.abc import AsyncIterator

import pytest

from egress.allowance import Allowance
from egress.outgoing import Redirects
from egress.purposes import RULES, Purpose
from tests.egress.certificates import serving
from tests.egress.conftest import Listen
from tests.egress.outside import Outside, Respond, Visit, answer, caller

pytestmark = pytest.mark.anyio

HOME = "https://api.client.example/start"
CREDENTIALS = {"Authorization": "Bearer s3cret", "Cookie": "sid=s3cret", "X-Api-Key": "s3cret", "Accept": "text/plain"}
SITES = serving("*.client.example")


def leading(requests: list[bytes], status: str, *locations: str) -> Respond:
    """Leads along the locations, one after the other, and then answers. The bodies of requests are short."""
    left = list(locations)

    async def respond(visit: Visit) -> None:
        length = next((int(line[15:]) for line in visit.request.split(b"\r\n") if line[:15] == b"Content-Length:"), 0)
        requests.append(visit.request + await visit.reader.readexactly(length))
        await visit.say(answer(status=status, Location=left.pop(0)) if left else answer(b"arrived"))
        await visit.until_gone()

    return respond


async def followed(outside: Outside, **given: object) -> bytes:
    return (await outside.fetch(HOME, caller(), redirects=Redirects.FOLLOW, **given)).body


@pytest.mark.parametrize(
    ("location", "are_kept"),
    [
        ("/further", True),
        ("further?a=1#fragment", True),
        ("https://api.client.example:443/further", True),
        ("https://other.client.example/", False),
        ("//other.client.example/", False),
    ],
)
async def test_credentials_stay_with_the_origin_that_they_are_for(
    listen: Listen, location: str, are_kept: bool
) -> None:
    requests: list[bytes] = []
    outside = await listen(leading(requests, "302 Found", location), tls=SITES)
    assert await followed(outside, headers=CREDENTIALS, secret_headers=frozenset({"x-api-key"})) == b"arrived"
    assert requests[0].count(b"s3cret") == 3
    assert requests[1].count(b"s3cret") == (3 if are_kept else 0)
    assert b"Accept: text/plain" in requests[1]


async def test_credentials_that_were_left_behind_do_not_come_back(listen: Listen) -> None:
    requests: list[bytes] = []
    respond = leading(requests, "307 Temporary", "https://other.client.example/", HOME)
    assert await followed(await listen(respond, tls=SITES), headers=CREDENTIALS) == b"arrived"
    assert [b"Bearer" in request for request in requests] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (303, "POST", "GET"),
        (303, "DELETE", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PATCH", "PATCH"),
    ],
)
async def test_the_method_changes_as_the_standard_says(listen: Listen, status: int, method: str, becomes: str) -> None:
    requests: list[bytes] = []
    outside = await listen(leading(requests, f"{status} Elsewhere", "/further"), tls=SITES)
    body = b"" if method in ("HEAD", "DELETE") else b'{"a": 1}'
    await followed(outside, method=method, body=body, headers={"Content-Type": "application/json"})
    assert requests[1].startswith(f"{becomes} /further ".encode())
    assert requests[1].endswith(body) == (becomes == method or not body)
    assert (b"Content-Type" in requests[1]) == (becomes == method)


async def test_redirects_come_to_an_end(listen: Listen) -> None:
    outside = await listen(answer(status="308 Permanent", Location="/again"), tls=SITES)
    for purpose, rules in RULES.items():
        outside.recorder.connects.clear()
        reason = await outside.reason(HOME, caller(purpose), redirects=Redirects.FOLLOW)
        assert reason == ("too_many_redirects" if rules.most_redirects else "redirected"), purpose
        assert len(outside.recorder.connects) == rules.most_redirects + 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://api.client.example/", "scheme_not_allowed"),
        ("https://127.0.0.1/", "host_is_address"),
        ("https://api.client.example:8443/", "port_not_allowed"),
        ("https://elsewhere.client.example/", "host_not_allowed"),
        ("https://user@api.client.example/", "credentials_in_url"),
        ("https://[", "url_malformed"),
        ("", "bad_response"),
    ],
)
async def test_a_hop_is_held_to_every_rule_and_to_the_tenants_list(listen: Listen, location: str, reason: str) -> None:
    outside = await listen(answer(status="302 Found", Location=location), tls=SITES)
    member = caller(allowance=Allowance(hosts=("api.client.example",)))
    assert await outside.reason(HOME, member, redirects=Redirects.FOLLOW) == reason
    assert len(outside.recorder.connects) == 1


@pytest.mark.parametrize("status", ["300 Choices", "305 Use Proxy", "306 Unused", "399 What"])
async def test_what_leads_nowhere_in_particular_is_not_followed(listen: Listen, status: str) -> None:
    outside = await listen(answer(status=status, Location="/further"), tls=SITES)
    assert await outside.reason(HOME, caller(), redirects=Redirects.FOLLOW) == "redirected"


async def test_a_body_that_came_piece_by_piece_is_not_sent_twice(listen: Listen) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    outside = await listen(answer(status="307 Temporary", Location="/further"), tls=SITES)
    given = {"method": "POST", "body": body(), "redirects": Redirects.FOLLOW}
    assert await outside.reason(HOME, caller(), **given) == "redirected"


async def test_who_follows_by_itself_is_handed_the_answer(listen: Listen) -> None:
    outside = await listen(answer(b"moved", status="307 Temporary", Location="https://169.254.169.254/"), tls=SITES)
    fetched = await outside.fetch(HOME, caller(Purpose.UPSTREAM_MCP), redirects=Redirects.HAND_OVER)
    assert (fetched.status, fetched.body) == (307, b"moved")
    assert len(outside.recorder.connects) == 1
