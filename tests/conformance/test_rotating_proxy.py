"""The proxy sends each request to the next replica, and carries streams and farewells through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.conformance.rotating_proxy import RotatingProxy

pytestmark = pytest.mark.anyio


class Replica:
    """Answers each request with one chunk per `put`, until None; remembers heads and whether the client left."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        farewell = asyncio.create_task(reader.read())
        farewell.add_done_callback(lambda _: self.left.set())
        while (chunk := await self.chunks.get()) is not None:
            writer.write(chunk)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def proxied(*replicas: Replica, authorization: str | None = None) -> AsyncIterator[int]:
    async with asyncio.timeout(10), listening(replicas[0]) as first, listening(replicas[-1]) as second:
        targets = [f"127.0.0.1:{first}", f"127.0.0.1:{second}"]
        async with listening(RotatingProxy(targets, authorization, None)) as port:
            yield port


async def ask(port: int, *headers: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\r\n".join([b"GET /mcp HTTP/1.1", b"Host: 127.0.0.1:1", *headers, b"", b""]))
    answer = await reader.read()
    writer.close()
    return answer


async def test_requests_alternate_between_the_replicas() -> None:
    replicas = Replica(), Replica()
    async with proxied(*replicas) as port:
        for replica in (*replicas, *replicas):
            for chunk in (b"answer", None):
                replica.chunks.put_nowait(chunk)
            assert await ask(port) == b"answer"
    assert [len(replica.heads) for replica in replicas] == [2, 2]


async def test_authorization_is_added_only_where_there_is_none() -> None:
    replica = Replica()
    async with proxied(replica, authorization="Bearer ours") as port:
        for headers in ([], [b"authorization: Bearer theirs"]):
            replica.chunks.put_nowait(None)
            await ask(port, *headers)
    added, kept = replica.heads
    assert b"\r\nAuthorization: Bearer ours\r\n" in added
    assert b"ours" not in kept
    assert b"\r\nauthorization: Bearer theirs\r\n" in kept
    assert b"\r\nHost: 127.0.0.1:1\r\n" in kept


async def test_a_chunk_arrives_before_the_next_is_sent() -> None:
    replica = Replica()
    async with proxied(replica) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        for chunk in (b"first", b"second"):
            replica.chunks.put_nowait(chunk)
            assert await reader.readexactly(len(chunk)) == chunk
        replica.chunks.put_nowait(None)
        assert await reader.read() == b""
        writer.close()


async def test_a_client_that_leaves_takes_the_replicas_connection_along() -> None:
    replica = Replica()
    async with proxied(replica) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        replica.chunks.put_nowait(b"first")
        await reader.readexactly(5)
        writer.close()
        await replica.left.wait()
        replica.chunks.put_nowait(None)


async def test_a_replica_that_is_gone_is_a_bad_gateway() -> None:
    async with listening(Replica()) as port:
        gone = f"127.0.0.1:{port}"
    async with listening(RotatingProxy([gone], None, None)) as port:
        assert (await ask(port)).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("chunks", [(b"head\r\n\r\n1\n\n2\n\n3\n\n",), (b"head\r\n\r\n1\n", b"\n2\n", b"\n", b"3\n\n")])
async def test_a_stream_is_cut_off_behind_an_event_wherever_its_chunks_end(chunks: tuple[bytes, ...]) -> None:
    replica = Replica()
    async with (
        asyncio.timeout(10),
        listening(replica) as target,
        listening(RotatingProxy([f"127.0.0.1:{target}"], None, None, {b"GET": 2})) as port,
    ):
        for chunk in chunks:
            replica.chunks.put_nowait(chunk)
        assert await ask(port) == b"head\r\n\r\n1\n\n2\n\n"
        await replica.left.wait()
        replica.chunks.put_nowait(None)
