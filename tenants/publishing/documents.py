"""Documents in the store, written by compare-and-set: an older build never replaces a newer one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mcp_runtime.contract import keys
from mcp_runtime.contract.compare_and_set import SCRIPT, script_arguments, script_keys
from tenants.publishing.store import store

_DROP: Final = """
if redis.call('HGET', KEYS[1], 'version') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One document by kind and name (see `mcp_runtime.contract.keys`). An empty body is a tombstone."""

    kind: str
    name: str
    version: int
    body: bytes

    @property
    def is_tombstone(self) -> bool:
        """True where the document says that there is nothing any more."""
        return not self.body


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store has under one name."""

    version: int
    body: bytes


def documents_publish(documents: Sequence[Document]) -> list[bool]:
    """Write in one round trip; False for each that the store has as new or newer already. Raises STORE_DOWN."""
    if not documents:
        return []
    client = store()
    script = client.register_script(SCRIPT)
    with client.pipeline(transaction=False) as pipe:
        for document in documents:
            arguments = script_arguments(document.kind, document.name, document.version, document.body)
            script(keys=script_keys(document.kind, document.name), args=arguments, client=pipe)
        return [written == 1 for written in pipe.execute()]


def documents_stored(kind: str, names: Sequence[str]) -> list[Stored | None]:
    """What the store has, in the order of the names. Raises STORE_DOWN."""
    with store().pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hmget(keys.document_key(kind, name), "version", "body")
        found = pipe.execute()
    return [None if version is None else Stored(int(version), body or b"") for version, body in found]


def tombstone_drop(kind: str, name: str, version: int) -> bool:
    """Remove a document that still has this version; True where it did. Raises STORE_DOWN."""
    client = store()
    dropped: int = client.register_script(_DROP)(keys=[keys.document_key(kind, name)], args=[version])
    return dropped == 1
