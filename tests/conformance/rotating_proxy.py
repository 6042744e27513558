"""A load balancer with no affinity: every request goes to the next replica, over a connection of its own.

    python -m tests.conformance.rotating_proxy --replica HOST:PORT --replica HOST:PORT
        [--listen PORT] [--authorization "Bearer …"] [--record FILE]

Streams go through as they come, in both directions, and a client that goes away takes its replica's connection along.
The Host header passes unchanged. `--authorization` is added where the client sent none, for suites that can't
authenticate. `--record` keeps a copy of everything the replicas answered, for clients that don't show it.
Prints its port, alone on a line, once it listens.
"""

import argparse
import asyncio
import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

HEAD_LIMIT = 64 * 1024
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PER_CONNECTION = (b"connection", b"keep-alive", b"proxy-connection")


def rewritten(head: bytes, authorization: str | None) -> bytes:
    """The request head for the replica: one request per connection, and authorized."""
    request_line, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    names = [header.partition(b":")[0].strip().lower() for header in headers]
    kept = [header for header, name in zip(headers, names, strict=True) if name not in PER_CONNECTION]
    if authorization and b"authorization" not in names:
        kept.append(b"Authorization: " + authorization.encode())
    return b"\r\n".join([request_line, *kept, b"Connection: close", b"", b""])


async def relay(source: asyncio.StreamReader, sink: asyncio.StreamWriter, record: BinaryIO | None = None) -> None:
    """Copy until the source ends, chunk by chunk."""
    while chunk := await source.read(64 * 1024):
        if record:
            record.write(chunk)
            record.flush()
        sink.write(chunk)
        await sink.drain()


class RotatingProxy:
    """Serves one client connection per call, with one request each."""

    def __init__(self, replicas: Iterable[str], authorization: str | None, record: BinaryIO | None) -> None:
        self._replicas = itertools.cycle([replica.rsplit(":", 1) for replica in replicas])
        self._authorization = authorization
        self._record = record

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            writer.close()
            return
        host, port = next(self._replicas)
        try:
            answer, replica = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.write(BAD_GATEWAY)
            writer.close()
            return
        replica.write(rewritten(head, self._authorization))
        # Whichever side ends first ends both: the replica after its answer, or the client that no longer waits for it.
        directions = {
            asyncio.create_task(relay(reader, replica)),
            asyncio.create_task(relay(answer, writer, self._record)),
        }
        _, unfinished = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        for direction in unfinished:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        for stream in (replica, writer):
            stream.close()


async def serve(options: argparse.Namespace) -> None:
    """Listen until killed."""
    record = Path(options.record).open("ab") if options.record else None  # noqa: ASYNC230, SIM115 - open for good
    proxy = RotatingProxy(options.replica, options.authorization, record)
    server = await asyncio.start_server(proxy, "127.0.0.1", options.listen, limit=HEAD_LIMIT)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replica", action="append", required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", type=int, default=0, help="port on 127.0.0.1; a free one unless said")
    parser.add_argument("--authorization", help="value of the Authorization header, where the client sent none")
    parser.add_argument("--record", help="append everything the replicas answer to this file")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
