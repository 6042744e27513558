"""The shape of what OAuth hands out: a prefix that says what it is, and 256 bits as 64 hexadecimal digits.

The prefix lets secret scanners find a leaked one, and `mcp_runtime.redaction` cut it out.
"""

import secrets
from enum import StrEnum
from uuid import UUID

from django.utils.crypto import salted_hmac


class Prefix(StrEnum):
    """What a secret is good for."""

    CODE = "atc_"
    ACCESS = "ata_"
    REFRESH = "atr_"
    CLIENT = "ats_"


def new_secret(prefix: Prefix) -> str:
    """A random one."""
    return f"{prefix}{secrets.token_hex(32)}"


def successor(prefix: Prefix, *, family: UUID, generation: int, digest: str) -> str:
    """The one that follows the refresh token with this digest as number `generation` of its family: always the same.

    So a client that lost an answer is told the same again, though nothing is stored in clear. Whoever knows the old
    token alone can't work it out: it takes the installation's SECRET_KEY.
    """
    value = f"{prefix}{family}|{generation}|{digest}"
    return f"{prefix}{salted_hmac(__name__, value, algorithm='sha256').hexdigest()}"
