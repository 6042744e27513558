"""The credential record: what a bearer token or API key stands for, stored under the SHA-256 of the secret."""

import hashlib

import msgspec
from msgspec import Struct

from mcp_runtime.contract.snapshot import SCHEMA_VERSION


class CredentialRecord(Struct, frozen=True, kw_only=True):
    """One credential, resolved.

    `servers` holds the slugs the credential is good for; None means every server of the tenant. `resource` is the one
    RFC 8707 resource of an access token; None for API keys. `client` names the
    OAuth client, or the key's family, which a rotated key keeps. `api_key` is the key's id where grants to keys apply.
    `tools` are the ids of the tools that the person chose for the client when they let it in; None chooses them all.
    `expires_at` is Unix time in seconds; None never expires. `address_ranges` are CIDR blocks; empty allows any.
    """

    schema_version: int = SCHEMA_VERSION
    version: int
    kind: str
    credential_id: str
    tenant_id: str
    tenant: str
    servers: tuple[str, ...] | None = None
    resource: str | None = None
    user: str | None = None
    service_account: str | None = None
    client: str
    api_key: str | None = None
    tools: tuple[str, ...] | None = None
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    expires_at: float | None = None
    address_ranges: tuple[str, ...] = ()

    @property
    def principal(self) -> str:
        """Who acts: (user or service account, client), within the tenant. Never the token or key itself, so sessions
        and jobs go on under a refreshed token or a rotated key."""
        return f"{self.user or self.service_account}|{self.client}"


def token_digest(token: bytes) -> bytes:
    """SHA-256 of a secret as it came in the Authorization header; 32 bytes."""
    return hashlib.sha256(token).digest()


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(CredentialRecord)


def encode_credential(record: CredentialRecord) -> bytes:
    """Encode to canonical JSON."""
    return _encoder.encode(record)


def decode_credential(body: bytes) -> CredentialRecord:
    """Decode what `encode_credential` made; raises `msgspec.DecodeError` on anything else."""
    return _decoder.decode(body)
