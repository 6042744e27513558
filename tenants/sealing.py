"""Sealing: values that the database keeps and only this installation can read.

AES-256-GCM, as in NIST SP 800-38D, with a random nonce for each value. A sealed value belongs to one column of one row
of one tenant: moved to any other place, it does not open. The first key of the ring seals, and every key of it opens.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_FORMAT: Final = b"\x01"
KEY_BYTES: Final = 32
_NAME_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = len(_FORMAT) + _NAME_BYTES + _NONCE_BYTES
_COLUMNS: Final = b"atrium sealed columns"

Ring = Mapping[bytes, AESGCM]
"""Keys by their names, which say nothing about them; the first one seals."""


class SealBrokenError(Exception):
    """A sealed value does not open: it was changed or moved, or the key that sealed it is not in the ring."""


def seal(value: bytes, *, tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    """The value as the column of this row may keep it; 33 bytes longer."""
    return sealed_by(ring(_COLUMNS), value, place(tenant_id, row_id, column))


def unseal(sealed: bytes | memoryview, *, tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    """What `seal` was given for this very place. Raises SealBrokenError."""
    return opened_by(ring(_COLUMNS), sealed, place(tenant_id, row_id, column))


def sealed_by(keys: Ring, value: bytes, belongs_to: bytes) -> bytes:
    """The value under the first of these keys, for this place."""
    name, key = next(iter(keys.items()))
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + name + nonce + key.encrypt(nonce, value, belongs_to)


def opened_by(keys: Ring, sealed: bytes | memoryview, belongs_to: bytes) -> bytes:
    """What `sealed_by` was given for this place. Raises SealBrokenError."""
    body = bytes(sealed)  # some databases hand out a memoryview
    key = keys.get(key_name(body))
    if not body.startswith(_FORMAT) or key is None:
        raise SealBrokenError("No key of this installation has sealed this.")
    nonce = body[_HEADER_BYTES - _NONCE_BYTES : _HEADER_BYTES]
    try:
        return key.decrypt(nonce, body[_HEADER_BYTES:], belongs_to)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("This is not what was sealed here.") from error


def key_name(sealed: bytes | memoryview) -> bytes:
    """The name of the key that has sealed this."""
    return bytes(sealed[len(_FORMAT) : len(_FORMAT) + _NAME_BYTES])


def key_ring(*keys: bytes) -> Ring:
    """Keys of 32 bytes, by their names."""
    return {hashlib.sha256(b"name" + key).digest()[:_NAME_BYTES]: AESGCM(key) for key in keys}


def place(tenant_id: UUID, row_id: UUID, column: str) -> bytes:
    """Where a sealed value belongs."""
    return f"{tenant_id}|{row_id}|{column}".encode()


def ring(purpose: bytes) -> Ring:
    """The installation's keys for one purpose: what is sealed for another does not open."""
    # The secret of the installation comes last: what was sealed before ENCRYPTION_KEYS was set still opens.
    return _derived((*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


@cache
def _derived(secrets: tuple[str, ...], purpose: bytes) -> Ring:
    """In the order of the secrets."""
    derivations = (HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose) for _ in secrets)
    return key_ring(*(each.derive(secret.encode()) for each, secret in zip(derivations, secrets, strict=True)))
