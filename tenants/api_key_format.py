"""The shape of an API key: `atk_`, 32 base62 characters of secret, 6 of checksum.

The prefix lets secret scanners find a leaked key, and the checksum (CRC-32 of the secret) lets them, and us, tell a
key from a lookalike without asking anybody.
"""

import secrets
import string
import zlib
from typing import Final

PREFIX: Final = "atk_"
SECRET_LENGTH: Final = 32
CHECKSUM_LENGTH: Final = 6
SHOWN_LENGTH: Final = len(PREFIX) + 6
"""How much of a key is kept in clear, so that its owner recognises it: 36 of 190 bits."""

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase


def generate_key() -> str:
    """A new random key with 190 bits of secret."""
    return _with_checksum("".join(secrets.choice(_ALPHABET) for _ in range(SECRET_LENGTH)))


def key_from_bytes(seed: bytes) -> str:
    """The key that belongs to at least 32 bytes of key material, always the same. Raises ValueError on fewer."""
    if len(seed) < SECRET_LENGTH:
        raise ValueError("a key needs 32 bytes of key material")
    return _with_checksum(_base62(int.from_bytes(seed, "big"), SECRET_LENGTH))


def has_valid_checksum(key: str) -> bool:
    """True where the text has the shape of a key and its checksum is right; says nothing on whether it exists."""
    secret = key[len(PREFIX) : len(PREFIX) + SECRET_LENGTH]
    return len(secret) == SECRET_LENGTH and set(secret) <= set(_ALPHABET) and key == _with_checksum(secret)


def shown_part(key: str) -> str:
    """The beginning of a key, by which people tell their keys apart."""
    return key[:SHOWN_LENGTH]


def _with_checksum(secret: str) -> str:
    return f"{PREFIX}{secret}{_base62(zlib.crc32(secret.encode()), CHECKSUM_LENGTH)}"


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
