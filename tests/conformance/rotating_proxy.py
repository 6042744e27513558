"""A load balancer with no affinity: every request goes to the next replica, over a connection of its own.

    python -m tests.conformance.rotating_proxy --replica HOST:PORT --replica HOST:PORT
        [--listen PORT] [--authorization "Bearer …"] [--record FILE] [--cut-after EVENTS [--cut-again]]

Streams go through as they come, in both directions, and a client that goes away takes its replica's connection along.
The Host header passes unchanged. `--authorization` is added where the client sent none, for suites that can't
authenticate. `--record` keeps a copy of everything the replicas answered, for clients that don't show it.
`--cut-after` breaks the connection of every POST after so many events of its stream, `--cut-again` that of every GET as
well.
Prints its port, alone on a line, once it listens.
"""

import argparse
import asyncio
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

HEAD_LIMIT = 64 * 1024
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
EVENT_END = b"\n\n"
PER_CONNECTION = (b"connection", b"keep-alive", b"proxy-connection")


def rewritten(head: bytes, authorization: str | None) -> bytes:
    """The request head for the replica: one request per connection, and authorized."""
    request_line, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    names = [header.partition(b":")[0].strip().lower() for header in headers]
    kept = [header for header, name in zip(headers, names, strict=True) if name not in PER_CONNECTION]
    if authorization and b"authorization" not in names:
        kept.append(b"Authorization: " + authorization.encode())
    return b"\r\n".join([request_line, *kept, b"Connection: close", b"", b""])


class Scissors:
    """Where an answer is cut off: behind so many events. Only event streams have the ends of events in them."""

    def __init__(self, events: int) -> None:
        self._left = events
        self._end = b""

    @property
    def have_cut(self) -> bool:
        """Whether nothing more is passed on."""
        return self._left == 0

    def __call__(self, chunk: bytes) -> bytes:
        """What is passed on of a chunk."""
        held = len(self._end)
        data, position = self._end + chunk, 0
        while (found := data.find(EVENT_END, position)) >= 0:
            position = found + len(EVENT_END)
            self._left -= 1
            if self.have_cut:
                return data[held:position]
        self._end = data[max(position, len(data) - 1) :]
        return chunk


async def relay(
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    record: BinaryIO | None = None,
    scissors: Scissors | None = None,
) -> None:
    """Copy until the source ends or is cut off, chunk by chunk."""
    while chunk := await source.read(64 * 1024):
        passed = chunk if scissors is None else scissors(chunk)
        if record:
            record.write(passed)
            record.flush()
        sink.write(passed)
        await sink.drain()
        if scissors is not None and scissors.have_cut:
            return


class RotatingProxy:
    """Serves one client connection per call, with one request each."""

    def __init__(
        self,
        replicas: Iterable[str],
        authorization: str | None,
        record: BinaryIO | None,
        cuts: Mapping[bytes, int] = MappingProxyType({}),
    ) -> None:
        """`cuts` says for a method of HTTP after how many events its streams are cut off."""
        self._replicas = itertools.cycle([replica.rsplit(":", 1) for replica in replicas])
        self._authorization = authorization
        self._record = record
        self._cuts = cuts

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
        cut = self._cuts.get(head.split(b" ", 1)[0])
        scissors = None if cut is None else Scissors(cut)
        directions = {
            asyncio.create_task(relay(reader, replica)),
            asyncio.create_task(relay(answer, writer, self._record, scissors)),
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
    methods = (b"POST", b"GET") if options.cut_again else (b"POST",)
    cuts = dict.fromkeys(methods, options.cut_after) if options.cut_after else {}
    proxy = RotatingProxy(options.replica, options.authorization, record, cuts)
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
    parser.add_argument("--cut-after", type=int, metavar="EVENTS", help="break streams that are answers to POST")
    parser.add_argument("--cut-again", action="store_true", help="break those that are answers to GET as well")
    parser.add_argument("--record", help="append everything the replicas answer to this file")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
