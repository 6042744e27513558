"""A document from a public host arrives, over a connection to the address that was checked."""

from ipaddress import ip_address

import pytest
from anyio import to_thread

from egress.installation import Installation
from tests.egress.conftest import Listen
from tests.egress.outside import PUBLIC, STRANGER, URL, Names, Outside, Visit, answer, caller, outgoing

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})])
async def test_a_document_is_fetched_from_the_address_that_was_classified(listen: Listen) -> None:
    outside = await listen(answer(b'{"a": 1}', Content_Type="application/json", Cache_Control="max-age=60"))
    fetched = await outside.fetch()
    assert (fetched.status, fetched.body) == (200, b'{"a": 1}')
    assert fetched.header("Content-Type") == "application/json"
    assert fetched.header("cache-control") == "max-age=60"
    assert fetched.header("etag") is None
    assert outside.names.asked == ["client.example"]
    assert outside.recorder.connects == [(PUBLIC, 443)]


async def test_a_thread_fetches_as_a_loop_does(listen: Listen) -> None:
    outside = await listen(answer(b"{}"))
    fetched = await to_thread.run_sync(lambda: outside.door().fetch_blocking(outgoing(URL), STRANGER))
    assert fetched.body == b"{}"


async def test_the_request_says_what_it_must_and_nothing_of_ours(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[bytes] = []

    async def respond(visit: Visit) -> None:
        requests.append(visit.request)
        await visit.say(answer())

    outside = await listen(respond)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    await outside.fetch("HTTPS://Client.Example:443/a%20b?c=[d]", headers={"Accept": "application/json"})
    lines = requests[0].decode("ascii").rstrip().split("\r\n")
    assert lines[0] == "GET /a%20b?c=[d] HTTP/1.1"
    assert sorted(lines[1:]) == [
        "Accept-Encoding: identity",
        "Accept: application/json",
        "Connection: close",
        "Host: client.example",
        "User-Agent: Atrium",
    ]


async def test_a_port_of_its_own_is_in_the_host_header_and_connected_to(listen: Listen) -> None:
    requests: list[bytes] = []

    async def respond(visit: Visit) -> None:
        requests.append(visit.request)
        await visit.say(answer())

    outside = await listen(respond)
    outside.installation = Installation(ports=frozenset({8443}))
    await outside.fetch("https://client.example:8443?q", caller())
    assert await outside.reason("https://client.example:8443?q") == "port_not_allowed", "a stranger has 443 alone"
    assert b"GET /?q HTTP/1.1\r\nHost: client.example:8443\r\n" in requests[0]
    assert outside.recorder.connects == [(PUBLIC, 8443)]


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "500 Broken", "304 Not Modified"])
async def test_a_status_that_is_no_redirect_is_an_answer(listen: Listen, status: str) -> None:
    outside = await listen(answer(b"" if status.startswith("304") else b"no", status=status))
    assert (await outside.fetch()).status == int(status[:3])


async def test_families_take_turns_until_an_address_answers() -> None:
    six = [ip_address(f"2606:4700::{number}") for number in range(1, 5)]
    outside = Outside(names=Names([[*six, PUBLIC, ip_address("8.8.8.8")]]))
    assert await outside.reason() == "no_connection"
    tried = [address for address, _ in outside.recorder.connects]
    assert tried == [six[0], PUBLIC, six[1], ip_address("8.8.8.8")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "inside.example"},
        {"cookie": "a=b"},
        {"Transfer-Encoding": "chunked"},
        {"Content-Length": "5"},
        {"Accept-Encoding": "gzip"},
        {"X-One": "a\r\nHost: inside.example"},
        {"X One": "a"},
        {"X-One": "a\x00"},
        {"X-One": "ü"},
        {"Proxy-Authorization": "Basic eDp5"},
    ],
    ids=lambda headers: repr(headers),
)
async def test_a_header_that_is_not_the_callers_to_set_is_refused(headers: dict[str, str]) -> None:
    outside = Outside()
    assert await outside.reason(headers=headers) == "header_not_allowed"
    assert outside.recorder.connects == []
