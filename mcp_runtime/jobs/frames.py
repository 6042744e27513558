"""What a supervisor and its runner say to each other: MessagePack frames with their length before them."""

import socket
import struct
from collections.abc import Iterator
from threading import Lock
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_running import JobWork
from mcp_runtime.contract.jobs import JobError, JobEvent

LONGEST: Final = 64 * 1024 * 1024
"""Bytes of one frame; arguments and results are far smaller, so more than that is no frame of ours."""

_CHUNK: Final = 256 * 1024
_LENGTH: Final = struct.Struct(">I")


class Begin(Struct, frozen=True, tag="begin"):
    """To the runner, while it runs nothing."""

    work: JobWork


class Stop(Struct, frozen=True, tag="stop"):
    """To the runner: nobody waits for the tool any more. Means nothing once it has ended."""

    reason: str


class Answered(Struct, frozen=True, tag="answered"):
    """To the runner: what came of a question. Without an answer there is a `problem`, in words for the tool's caller.
    Means nothing where nobody waits for it any more."""

    key: str
    answer: dict[str, Any] | None = None
    problem: str = ""


class Ready(Struct, frozen=True, tag="ready"):
    """From the runner, once: the toolkits are loaded."""


class Said(Struct, frozen=True, tag="said"):
    """From the runner: progress, or a log message."""

    event: JobEvent


class Asked(Struct, frozen=True, tag="asked"):
    """From the runner: the tool asks its client, and waits."""

    key: str
    request: InputRequest


class Dropped(Struct, frozen=True, tag="dropped"):
    """From the runner: the tool does not wait for the answer any more."""

    key: str


class Ended(Struct, frozen=True, tag="ended"):
    """From the runner: the tool has ended and nothing of it runs any more. `outcome` is a word of the audit's (`ok`,
    `tool_error`, `crashed`, `cancelled`), `result` an encoded `ToolResult`; where there is none, `error` may say
    why. A `worn` runner should be replaced."""

    outcome: str
    reason: str = ""
    result: bytes | None = None
    error: JobError | None = None
    worn: bool = False


class Logged(Struct, frozen=True, tag="logged"):
    """From the runner: a line for the log, which its supervisor writes."""

    level: int
    logger: str
    message: str
    exception: str = ""
    incident: str = ""
    doing: str = ""


Frame = Begin | Stop | Answered | Ready | Said | Asked | Dropped | Ended | Logged

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


class Channel:
    """One end of the connection. Writing is safe from any thread, reading is for one."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self._buffer = bytearray()
        self._writing = Lock()

    def send(self, frame: Frame) -> None:
        """Send one frame, waiting for the other side where it is slow. Raises OSError when that is gone."""
        body = _encoder.encode(frame)
        with self._writing:
            self.socket.sendall(_LENGTH.pack(len(body)) + body)

    def receive(self) -> list[Frame]:
        """Wait until something comes; every frame that is complete by then, none where one is still on its way.
        Raises EOFError at the end, OSError, and `msgspec.MsgspecError` on what is no frame of ours."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise EOFError("the other side is gone")
        self._buffer += chunk
        return list(self._complete())

    def _complete(self) -> Iterator[Frame]:
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LONGEST:
                raise msgspec.DecodeError(f"a frame of {length} bytes is too long")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield _decoder.decode(body)
