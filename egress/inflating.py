"""Unpacking what came compressed although it was not asked for, in pieces, and never more than may be.

gzip and deflate (RFC 9110, 8.4.1): what servers send unasked, and what the standard library unpacks step by step.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from egress.errors import EgressFailed, EgressRefused

PIECE: Final = 64 * 1024
LARGEST_RATIO: Final = 100
FREE: Final = 1024 * 1024
"""Bytes that may come out before the ratio counts: small answers compress well."""

_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Inflater:
    """One answer's. Raises EgressRefused (compressed) for a coding that is not unpacked here."""

    def __init__(self, coding: str) -> None:
        if coding not in _WINDOW_BITS:
            raise EgressRefused("compressed")
        self._stream = zlib.decompressobj(_WINDOW_BITS[coding])
        self._taken = self._given = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to. Raises EgressRefused (inflated_too_large), EgressFailed (bad_response)."""
        self._taken += len(data)
        piece = b"-" * PIECE
        while data or len(piece) == PIECE:  # what was taken in whole may still have more to give
            piece, data = self._step(data)
            if not piece:
                return
            self._count(piece)
            yield piece

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        try:
            piece = self._stream.decompress(data, PIECE)
        except zlib.error as error:
            raise EgressFailed("bad_response") from error
        if self._stream.unused_data:
            raise EgressFailed("bad_response")
        return piece, self._stream.unconsumed_tail

    def _count(self, piece: bytes) -> None:
        self._given += len(piece)
        if self._given > FREE and self._given > LARGEST_RATIO * self._taken:
            raise EgressRefused("inflated_too_large")

    def check_end(self) -> None:
        """Raises EgressFailed (cut_short) where more should have come."""
        if not self._stream.eof:
            raise EgressFailed("cut_short")
