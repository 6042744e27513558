"""What the store says, as a runtime reads it."""

from typing import Any

from mcp_runtime.contract import keys
from mcp_runtime.contract.credentials import CredentialRecord, decode_credential, token_digest
from mcp_runtime.contract.snapshot import ServerSnapshot, decode_snapshot


def published_server(store: Any, name: str) -> ServerSnapshot | None:
    """The snapshot under `tenant/server`; None for a tombstone. Fails where nothing was published."""
    body = store.hget(keys.document_key(keys.KIND_SERVER, name), "body")
    assert body is not None, f"nothing is published as {name}"
    return decode_snapshot(body) if body else None


def published_key(store: Any, secret: str) -> CredentialRecord | None:
    """The record of a secret; None for a tombstone. Fails where nothing was published."""
    body = store.hget(keys.credential_key(token_digest(secret.encode()).hex()), "body")
    assert body is not None, "nothing is published for this secret"
    return decode_credential(body) if body else None


def document_names(store: Any) -> set[str]:
    """The keys of all documents."""
    return {key.decode() for kind in ("server", "credential") for key in store.scan_iter(f"{keys.PREFIX}{kind}:*")}
