"""What one credential can list on a server, as digests: two that are equal show the same lists.

Only what clients see counts; how often a tool may be called changes no list.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.contract.announcements import PROMPTS_CHANGED, RESOURCES_CHANGED, TOOLS_CHANGED
from mcp_runtime.contract.credentials import CredentialRecord
from mcp_runtime.contract.tools import ToolSpec

DIGEST_BYTES: Final = 16
_encode = msgspec.json.Encoder(order="sorted").encode


class Listings(NamedTuple):
    """One digest for each list."""

    tools: bytes
    prompts: bytes
    resources: bytes

    def encode(self) -> bytes:
        """To be kept."""
        return b"".join(self)

    @classmethod
    def decode(cls, kept: bytes) -> "Listings":
        """What `encode` made; of anything else, lists that nobody has."""
        return cls(kept[:DIGEST_BYTES], kept[DIGEST_BYTES : 2 * DIGEST_BYTES], kept[2 * DIGEST_BYTES :])

    def changed_since(self, known: "Listings") -> list[str]:
        """The notifications that tell the difference."""
        methods = (TOOLS_CHANGED, PROMPTS_CHANGED, RESOURCES_CHANGED)
        return [method for method, new, old in zip(methods, self, known, strict=True) if new != old]


def listings(loaded: LoadedServer, record: CredentialRecord) -> Listings:
    """What this credential can list there now. Worked out once per set of permissions."""
    access, snapshot = loaded.access(record), loaded.snapshot
    tools = _kept(access.lists, "listing", lambda: [_visible(tool.spec) for tool in access.tools.values()])
    prompts = _kept(loaded.encoded, "prompts listing", lambda: [_shown(prompt) for prompt in snapshot.prompts])
    resources = _kept(
        access.lists,
        "resources listing",
        lambda: [*map(_shown, snapshot.resources), *map(_shown, snapshot.templates), access.has_jobs],
    )
    return Listings(tools, prompts, resources)


def _kept(where: dict[str, bytes], name: str, shown: Callable[[], list[Any]]) -> bytes:
    digest = where.get(name)
    if digest is None:
        digest = where[name] = blake2b(_encode(shown()), digest_size=DIGEST_BYTES).digest()
    return digest


def _visible(spec: ToolSpec) -> Any:
    # Where it runs counts: lists show whether it can be a task, and what it may answer.
    return _shown(msgspec.structs.replace(spec, quick=False, timeout_seconds=0, rate=None, concurrency=None))


def _shown(spec: Any) -> Any:
    return msgspec.structs.replace(spec, id="", kind="", config={})
