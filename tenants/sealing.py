"""Sealing: values that the database keeps and only this installation can read.

AES-256-GCM, as in NIST SP 800-38D, with a random nonce for each value. A sealed value belongs to one column of one row
of one tenant: moved to any other place, it does not open. The first key of the ring seals, and every key of it opens.
"""

import hashlib
import os
from functools import cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_FORMAT: Final = b"\x01"
_KEY_BYTES: Final = 32
_NAME_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = len(_FORMAT) + _NAME_BYTES + _NONCE_BYTES
_PURPOSE: Final = b"atrium sealed columns"


class SealBrokenError(Exception):
    """A sealed value does not open: it was changed or moved, or the key that sealed it is not in the ring."""


def seal(value: bytes, *, tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    """The value as the column of this row may keep it; 33 bytes longer."""
    name, key = next(iter(_ring().items()))
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + name + nonce + key.encrypt(nonce, value, _place(tenant_id, row_id, column))


def unseal(sealed: bytes | memoryview, *, tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    """What `seal` was given for this very place. Raises SealBrokenError."""
    body = bytes(sealed)  # some databases hand out a memoryview
    key = _ring().get(body[len(_FORMAT) : len(_FORMAT) + _NAME_BYTES])
    if not body.startswith(_FORMAT) or key is None:
        raise SealBrokenError("No key of this installation has sealed this.")
    nonce = body[_HEADER_BYTES - _NONCE_BYTES : _HEADER_BYTES]
    try:
        return key.decrypt(nonce, body[_HEADER_BYTES:], _place(tenant_id, row_id, column))
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("This is not what was sealed here.") from error


def _place(tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    return f"{tenant_id}|{row_id}|{column}".encode()


def _ring() -> dict[bytes, AESGCM]:
    # The secret of the installation comes last: what was sealed before ENCRYPTION_KEYS was set still opens.
    return _derived((*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _derived(secrets: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """The keys by their names, which say nothing about them, in the order of the secrets."""
    ring: dict[bytes, AESGCM] = {}
    for secret in secrets:
        derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
        key = derivation.derive(secret.encode())
        ring.setdefault(hashlib.sha256(b"name" + key).digest()[:_NAME_BYTES], AESGCM(key))
    return ring
