"""The MCP SDK's client goes out through the door: what it asks is checked, what it is told comes as it comes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

import httpx2
import pytest
import uvicorn
from anyio import fail_after
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from egress.installation import Installation
from egress.pool import Pool
from egress.purposes import Purpose
from egress.transport import EgressTransport, EgressTransportError
from tests.egress.certificates import serving
from tests.egress.conftest import Listen
from tests.egress.outside import Names, Outside, Recorder, Respond, Visit, answer, caller
from tests.egress.test_hostile_streams import EVENTS

pytestmark = pytest.mark.anyio

HOME = "https://api.client.example/mcp"
INSIDE = Installation(private_networks=(ip_network("10.1.0.0/16"),))


def client_of(outside: Outside, *, origin: str = HOME, **given: object) -> httpx2.AsyncClient:
    transport = EgressTransport(
        outside.door(), caller(Purpose.UPSTREAM_MCP), origin=origin, secret_headers=frozenset({"x-api-key"})
    )
    return httpx2.AsyncClient(transport=transport, trust_env=False, **given)


@asynccontextmanager
async def upstream() -> AsyncIterator[int]:
    """A server of the SDK's, and its port."""
    server = MCPServer("Upstream")

    @server.tool()
    async def count(to: int, context: Context) -> str:
        for number in range(to):
            await context.report_progress(number + 1, to)
        return f"counted to {to}"

    app = server.streamable_http_app(
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False)
    )
    runs = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(runs.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            runs.should_exit = True
            await task


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdks_client_speaks_to_a_server_of_its_own_kind(mode: str) -> None:
    url = "http://mcp.corp.internal:8080/mcp"
    async with upstream() as port:
        outside = Outside(Names([[ip_address("10.1.2.3")]]), Recorder(port), INSIDE, pool=Pool())
        heard: list[float] = []

        async def on_progress(progress: float, *_: object) -> None:
            heard.append(progress)

        with fail_after(20):
            async with client_of(outside, origin=url) as http_client:
                transport = streamable_http_client(url, http_client=http_client)
                async with Client(transport, mode=mode) as client:
                    assert [tool.name for tool in (await client.list_tools()).tools] == ["count"]
                    for _ in range(3):
                        result = await client.call_tool("count", {"to": 2}, progress_callback=on_progress)
                        assert result.content[0].text == "counted to 2"
        await outside.door().aclose()
    assert heard == [1, 2] * 3
    assert {address for address, _ in outside.recorder.connects} == {ip_address("10.1.2.3")}
    assert len(outside.recorder.connects) < 5, "connections are used again"


async def test_events_come_while_the_stream_is_open(listen: Listen) -> None:
    heard = asyncio.Event()

    async def respond(visit: Visit) -> None:
        await visit.say(EVENTS + b"9\r\ndata: 1\n\n\r\n")
        await heard.wait()
        await visit.say(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    outside = await listen(respond, tls=serving("api.client.example"))
    outside.pool = Pool()
    with fail_after(5):
        async with client_of(outside) as client, client.stream("GET", HOME) as response:
            pieces = response.aiter_bytes()
            assert await anext(pieces) == b"data: 1\n\n"
            heard.set()
            assert await anext(pieces) == b"data: 2\n\n"
            assert [piece async for piece in pieces] == []
    assert outside.pool.idle == 1


async def test_a_stream_that_is_left_is_closed(listen: Listen) -> None:
    gone = asyncio.Event()

    async def respond(visit: Visit) -> None:
        await visit.say(EVENTS + b"9\r\ndata: 1\n\n\r\n")
        await visit.until_gone()
        gone.set()

    outside = await listen(respond, tls=serving("api.client.example"))
    with fail_after(5):
        async with client_of(outside) as client, client.stream("GET", HOME) as response:
            await anext(response.aiter_bytes())
        await gone.wait()


def echoing(requests: list[bytes]) -> Respond:
    async def respond(visit: Visit) -> None:
        requests.append(visit.request)
        await visit.say(answer(b"{}", Content_Type="application/json", Set_Cookie="sid=1; Path=/"))

    return respond


async def test_only_its_own_origin_sees_credentials(listen: Listen) -> None:
    requests: list[bytes] = []
    outside = await listen(echoing(requests), tls=serving("*.client.example"))
    headers = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "X-Other": "shown"}
    async with client_of(outside, headers=headers) as client:
        await client.get(HOME)
        await client.get("https://other.client.example/mcp")
    assert [request.count(b"s3cret") for request in requests] == [2, 0]
    assert [request.count(b"shown") for request in requests] == [1, 1]


async def test_the_doors_own_headers_take_the_place_of_the_clients(listen: Listen) -> None:
    requests: list[bytes] = []
    outside = await listen(echoing(requests), tls=serving("api.client.example"))
    async with client_of(outside) as client:
        await client.post(HOME, json={}, headers={"Host": "inside.example", "Accept-Encoding": "br"})
    lines = requests[0].split(b"\r\n")
    assert [
        line for line in lines if line.lower().startswith((b"host", b"accept-enc", b"content-len", b"transfer"))
    ] == [
        b"Host: api.client.example",
        b"Accept-Encoding: identity",
        b"Content-Length: 2",
    ]


async def test_a_body_without_a_length_is_sent_piece_by_piece(listen: Listen) -> None:
    async def respond(visit: Visit) -> None:
        assert b"Transfer-Encoding: chunked" in visit.request
        await visit.say(answer(await visit.reader.readuntil(b"0\r\n\r\n")))

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    outside = await listen(respond, tls=serving("api.client.example"))
    async with client_of(outside) as client:
        assert (await client.post(HOME, content=body())).content == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://169.254.169.254/latest", "host_is_address"),
        ("http://api.client.example/", "scheme_not_allowed"),
        ("https://atrium.hosting.example/", "host_is_ours"),
        ("https://unreachable.example/", "no_connection"),
    ],
)
async def test_a_refusal_is_an_error_of_the_transport_with_its_reason(url: str, reason: str) -> None:
    outside = Outside()
    async with client_of(outside) as client:
        with pytest.raises(EgressTransportError) as refused:
            await client.get(url)
    assert refused.value.reason == reason
    assert isinstance(refused.value, httpx2.TransportError)
    assert [denial.tenant for denial in outside.denials] == ([] if reason == "no_connection" else ["acme"])


async def test_an_answer_that_breaks_off_is_an_error_while_it_is_read(listen: Listen) -> None:
    async def respond(visit: Visit) -> None:
        await visit.say(EVENTS + b"9\r\ndata: 1\n\n\r\n")

    outside = await listen(respond, tls=serving("api.client.example"))
    async with client_of(outside) as client, client.stream("GET", HOME) as response:
        with pytest.raises(EgressTransportError, match="ended before"):
            await response.aread()
