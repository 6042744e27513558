"""A document that somebody gave: read, and as it is kept."""

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec

from tenants.openapi.document import LARGEST_DOCUMENT, read_document
from tenants.openapi.errors import DocumentRefused

LONGEST_TITLE: Final = 200
LONGEST_VERSION: Final = 100
_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """`packed` is the document as UTF-8 JSON in gzip, `digest` the SHA-256 of that JSON in hexadecimal. `url` is where
    it was fetched from; empty where somebody pasted or uploaded it."""

    content: dict[str, Any]
    packed: bytes
    digest: str
    url: str = ""

    @property
    def title(self) -> str:
        """As it calls itself, on one line; empty where it does not."""
        return _line(self._info("title"), LONGEST_TITLE)

    @property
    def version(self) -> str:
        """Of the API, as the document says."""
        return _line(self._info("version"), LONGEST_VERSION)

    def _info(self, field: str) -> Any:
        info = self.content.get("info")
        return info.get(field) if isinstance(info, dict) else None


def given_document(body: bytes, *, url: str = "") -> GivenDocument:
    """The document in these bytes, JSON or YAML. Raises DocumentRefused."""
    content = read_document(body)
    try:
        written = msgspec.json.encode(content)
    except (ValueError, OverflowError, TypeError) as error:
        raise DocumentRefused("The document has what JSON has no word for.") from error
    if _NUL.search(written):  # PostgreSQL keeps no such character
        written = _NUL.sub(rb"\1\\ufffd", written)
        content = msgspec.json.decode(written)
    if len(written) > LARGEST_DOCUMENT:
        raise DocumentRefused(f"As JSON, the document has more than {LARGEST_DOCUMENT // 1024 // 1024} MiB.")
    packed = gzip.compress(written, compresslevel=6, mtime=0)
    return GivenDocument(content, packed, sha256(written).hexdigest(), url)


def unpacked(packed: bytes) -> dict[str, Any]:
    """The document again that `GivenDocument.packed` holds."""
    content: dict[str, Any] = msgspec.json.decode(gzip.decompress(packed))
    return content


def _line(said: Any, longest: int) -> str:
    return _CONTROL.sub(" ", said).strip()[:longest].strip() if isinstance(said, str) else ""
