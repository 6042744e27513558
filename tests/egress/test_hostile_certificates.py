"""The certificate must be trusted, in date, and for the name in the URL, whatever address the name led to."""

import asyncio
from datetime import timedelta

import pytest

from tests.egress.certificates import serving
from tests.egress.conftest import Listen
from tests.egress.outside import PUBLIC, Outside, Recorder, answer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "certificate",
    [
        serving("other.example"),
        serving("example"),
        serving("*.client.example"),
        serving("client.example.evil.example"),
        serving("evil-client.example"),
        serving(str(PUBLIC)),
        serving(self_signed=True),
        serving(lasts=timedelta(days=-1)),
    ],
    ids=["other name", "parent", "wildcard below", "longer", "suffix", "address as a name", "self-signed", "expired"],
)
async def test_a_certificate_that_is_not_the_hosts_ends_the_connection(listen: Listen, certificate: object) -> None:
    outside = await listen(answer(), tls=certificate)
    assert await outside.reason() == "certificate_not_trusted"


async def test_a_wildcard_certificate_is_good_for_names_below_it(listen: Listen) -> None:
    outside = await listen(answer(), tls=serving("*.client.example"))
    assert await outside.reason("https://app.client.example/") == "fetched"


async def test_without_the_tests_authority_its_certificates_are_nobodys(listen: Listen) -> None:
    outside = await listen(answer())
    outside.trust = None
    assert await outside.reason() == "certificate_not_trusted"


async def test_a_listener_that_speaks_no_tls_is_not_spoken_to(listen: Listen) -> None:
    requests: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.read(5))
        writer.write(answer())
        await writer.drain()
        writer.close()

    outside = await listen(answer())
    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        outside.recorder.port = server.sockets[0].getsockname()[1]
        assert await outside.reason() == "tls_failed"
    assert requests[0][:2] == b"\x16\x03", "a TLS handshake, and no request in clear"


async def test_a_listener_that_never_ends_the_handshake_costs_the_deadline() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        while await reader.read(65536):
            pass
        gone.set()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        outside = Outside(recorder=Recorder(port=server.sockets[0].getsockname()[1]))
        assert await outside.reason(deadline=0.2) == "deadline_passed"
        async with asyncio.timeout(5):
            await gone.wait()
