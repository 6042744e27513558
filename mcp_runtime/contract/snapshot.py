"""The snapshot: one frozen document per server, complete enough that a warm call asks nobody anything."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.limits import Rate, TenantLimits
from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.contract.tools import ToolSpec

SCHEMA_VERSION: Final = 1


class GrantSpec(Struct, frozen=True, kw_only=True):
    """One permission: `subject` × `target` → `effect`. Deny wins over allow; nothing said means denied.

    subject_kind: role | member | client | api_key; `subject` is the role's name or the subject's id.
    target_kind: server (all its tools; `target` is empty) | tool (`target` is the tool's id)
    | annotation (`target` is `read_only`).
    """

    subject_kind: str
    subject: str
    target_kind: str
    target: str = ""
    effect: str = "allow"


class TenantInfo(Struct, frozen=True, kw_only=True):
    """The tenant as the hot path needs it. `audit` is `buffered` or `strict` (nothing runs unaudited)."""

    id: str
    slug: str
    name: str
    status: str = "active"
    audit: str = "buffered"
    limits: TenantLimits = TenantLimits()


class ServerSnapshot(Struct, frozen=True, kw_only=True):
    """Everything about one MCP server. `version` grows with every change; an older build never replaces a newer one."""

    schema_version: int = SCHEMA_VERSION
    version: int
    tenant: TenantInfo
    id: str
    slug: str
    name: str
    instructions: str = ""
    status: str = "active"
    allowed_origins: tuple[str, ...] = ()
    rate: Rate | None = None
    tools: tuple[ToolSpec, ...] = ()
    grants: tuple[GrantSpec, ...] = ()
    resources: tuple[ResourceSpec, ...] = ()
    templates: tuple[TemplateSpec, ...] = ()
    prompts: tuple[PromptSpec, ...] = ()
    upstreams: tuple[dict[str, Any], ...] = ()

    @property
    def is_serving(self) -> bool:
        """False while the server or its tenant is suspended."""
        return self.status == "active" and self.tenant.status == "active"


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(ServerSnapshot)


def encode_snapshot(snapshot: ServerSnapshot) -> bytes:
    """Encode to canonical JSON: equal snapshots give equal bytes, so a hash compares them."""
    return _encoder.encode(snapshot)


def decode_snapshot(body: bytes) -> ServerSnapshot:
    """Decode what `encode_snapshot` made; raises `msgspec.DecodeError` on anything else."""
    return _decoder.decode(body)
