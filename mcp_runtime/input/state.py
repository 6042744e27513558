"""`requestState`: what a server must know when a client comes back with answers, sealed and in the client's hands.

MCP 2026-07-28 basic/patterns/mrtr: it comes back from outside, so it is authenticated, belongs to one request of one
principal, and expires. AES-256-GCM with a random nonce; every replica has the same ring of keys, of which the first
seals and each opens.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from time import time
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

LIFETIME_SECONDS: Final = 900
"""How long a client has to come back; a person fills in the form meanwhile."""

STATE_LENGTH: Final = 512 * 1024
"""Characters of the longest state: all answers of a call so far travel in it."""

_FORMAT: Final = b"\x01"
_NAME_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"atrium request state"


class StateRefused(Exception):  # noqa: N818 - reads as the state it reports
    """This is no state of ours, not for this request, or too old. Nobody learns which."""


class StateTooLong(Exception):  # noqa: N818 - reads as the state it reports
    """More has been answered than fits into a state."""


class _Sealed(Struct, array_like=True):
    expires_at: float
    nonce: str
    data: dict[str, Any]


class OpenedState(Struct, frozen=True):
    """What was sealed. `nonce` is this very state's name, `expires_at` the Unix time in seconds of its end."""

    data: dict[str, Any]
    nonce: str
    expires_at: float


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Sealed).decode


class RequestStates:
    """Seals and opens, with keys derived from the secrets of the installation."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._ring: dict[bytes, AESGCM] = {}
        for secret in secrets:
            key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
            self._ring.setdefault(hashlib.sha256(b"name" + key).digest()[:_NAME_BYTES], AESGCM(key))

    def seal(self, binding: bytes, data: dict[str, Any], lifetime: float = LIFETIME_SECONDS) -> str:
        """The state that opens for this `binding` alone, for `lifetime` seconds. Raises StateTooLong."""
        name, key = next(iter(self._ring.items()))
        nonce = os.urandom(_NONCE_BYTES)
        sealed = key.encrypt(nonce, _encode(_Sealed(time() + lifetime, nonce.hex(), data)), binding)
        text = urlsafe_b64encode(_FORMAT + name + nonce + sealed).rstrip(b"=").decode()
        if len(text) > STATE_LENGTH:
            raise StateTooLong
        return text

    def open(self, binding: bytes, text: str) -> OpenedState:
        """What was sealed for this binding. Raises StateRefused."""
        try:
            body = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            name, body = body[len(_FORMAT) : len(_FORMAT) + _NAME_BYTES], body[len(_FORMAT) + _NAME_BYTES :]
            opened = _decode(self._ring[name].decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], binding))
        except (KeyError, ValueError, InvalidTag) as error:
            raise StateRefused from error
        if opened.expires_at < time():
            raise StateRefused
        return OpenedState(opened.data, opened.nonce, opened.expires_at)
