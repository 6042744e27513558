"""What tools answered, kept for a while: in this process, and in Redis for all replicas.

A key is a digest of everything that an answer depends on, so nothing has to be forgotten: a tool that changed, a secret
that was set anew or another principal is another key. In Redis a value is sealed for its key alone.
"""

import asyncio
import contextlib
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic, time
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from mcp_runtime.calls.results import ToolResult, decode_tool_result, encode_tool_result
from mcp_runtime.contract.keys import PREFIX
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of all results in this process."""

LARGEST: Final = 256 * 1024
"""Of one result, encoded. What is larger is not kept."""

RETRY_STORE_SECONDS: Final = 1.0
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"atrium kept results"


class Kept(Struct, array_like=True, frozen=True):
    """One answer, encoded; `made_at` and `ends_at` are Unix seconds."""

    made_at: float
    ends_at: float
    body: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Kept).decode


class KeptResults:
    """Of one replica. `secrets` are the installation's: the first seals, each opens; without any, Redis has nothing."""

    def __init__(
        self, redis: Any, secrets: Sequence[str], *, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time
    ) -> None:
        self._redis, self._most, self._clock = redis, most_bytes, clock
        self._ring = [AESGCM(_derived(secret)) for secret in secrets]
        self._known: OrderedDict[bytes, Kept] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()
        self._store_retry = 0.0
        self.bytes = self.hits = self.shared_hits = 0

    def here(self, key: bytes) -> Kept | None:
        """What this process knows."""
        kept = self._known.get(key)
        if kept is None:
            return None
        if kept.ends_at <= self._clock():
            self._drop(key)
            return None
        self._known.move_to_end(key)
        self.hits += 1
        return kept

    async def elsewhere(self, key: bytes) -> Kept | None:
        """What another replica knows, or this one once did."""
        if not self._ring or monotonic() < self._store_retry:
            return None
        try:
            sealed = await self._redis.get(_name(key))
        except STORE_DOWN:
            self._store_retry = monotonic() + RETRY_STORE_SECONDS
            return None
        kept = None if sealed is None else self._opened(key, sealed)
        if kept is None or kept.ends_at <= self._clock():
            return None
        self.shared_hits += 1
        self._keep(key, kept)
        return kept

    def keep(self, key: bytes, result: ToolResult, seconds: float) -> None:
        """Have it answered again for so long, if it is no error and not too large."""
        body = b"" if result.is_error else encode_tool_result(result)
        if not body or len(body) > LARGEST:
            return
        now = self._clock()
        kept = Kept(now, now + seconds, body)
        self._keep(key, kept)
        if self._ring:
            task = asyncio.ensure_future(self._write(key, kept, seconds))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def result(self, kept: Kept) -> ToolResult:
        """The answer; `_meta` says how old it is."""
        result = decode_tool_result(kept.body)
        age = {"io.atrium/cached": {"ageSeconds": round(max(0.0, self._clock() - kept.made_at), 3)}}
        return msgspec.structs.replace(result, meta={**(result.meta or {}), **age})

    async def stop(self) -> None:
        """Write what is being written, for a moment at most."""
        if self._writing:
            await asyncio.wait(set(self._writing), timeout=1)
        await end_all(self._writing)

    def _keep(self, key: bytes, kept: Kept) -> None:
        self._drop(key)
        self._known[key] = kept
        self.bytes += _size(kept)
        while self.bytes > self._most:
            self._drop(next(iter(self._known)))

    def _drop(self, key: bytes) -> None:
        kept = self._known.pop(key, None)
        if kept is not None:
            self.bytes -= _size(kept)

    async def _write(self, key: bytes, kept: Kept, seconds: float) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ring[0].encrypt(nonce, _encode(kept), key)
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.set(_name(key), sealed, px=max(1, round(seconds * 1000)))

    def _opened(self, key: bytes, sealed: bytes) -> Kept | None:
        for lock in self._ring:
            with contextlib.suppress(InvalidTag, ValueError):
                return _decode(lock.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], key))
        return None


def _size(kept: Kept) -> int:
    return len(kept.body) + 500


def _name(key: bytes) -> str:
    return f"{PREFIX}result:{key.hex()}"


def _derived(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
