"""What an upstream lists: read page by page within limits, and kept for as long as it is believed."""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from mcp_runtime.contract.upstreams import UpstreamUnreachable, definition_digest
from mcp_runtime.upstreams.readable import UNREADABLE

MOST_DEFINITIONS: Final = 500
LARGEST_DEFINITION: Final = 64 * 1024
LARGEST_IN_ALL: Final = 4 * 1024 * 1024
MOST_PAGES: Final = 100
FRESH_SECONDS: Final = 60.0

TOOLS: Final = "tools"
RESOURCES: Final = "resources"
TEMPLATES: Final = "templates"
PROMPTS: Final = "prompts"


class Kind(Struct, frozen=True):
    """How one kind is listed. `key` is the member of a definition that it is known by."""

    method: str
    member: str
    key: str
    capability: str


KINDS: Final = {
    TOOLS: Kind("tools/list", "tools", "name", "tools"),
    RESOURCES: Kind("resources/list", "resources", "uri", "resources"),
    TEMPLATES: Kind("resources/templates/list", "resourceTemplates", "uriTemplate", "resources"),
    PROMPTS: Kind("prompts/list", "prompts", "name", "prompts"),
}
_CHANGES: Final = {
    "notifications/tools/list_changed": (TOOLS,),
    "notifications/resources/list_changed": (RESOURCES, TEMPLATES),
    "notifications/prompts/list_changed": (PROMPTS,),
}


class Page(Struct):
    """One page of a list, of any kind. `ttl_ms` is what 2026-07-28 says of how long it may be believed."""

    tools: list[Raw] | UnsetType = UNSET
    resources: list[Raw] | UnsetType = UNSET
    resource_templates: list[Raw] | UnsetType = field(name="resourceTemplates", default=UNSET)
    prompts: list[Raw] | UnsetType = UNSET
    next_cursor: str | None = field(name="nextCursor", default=None)
    ttl_ms: float | None = field(name="ttlMs", default=None)
    result_type: str = field(name="resultType", default="complete")

    def items(self, kind: Kind) -> list[Raw]:
        """What it lists. Raises UpstreamUnreachable (protocol) where it lists nothing of the kind."""
        items = self.resource_templates if kind.member == "resourceTemplates" else getattr(self, kind.member)
        if items is UNSET or self.result_type != "complete":
            raise UpstreamUnreachable("protocol", f"The upstream answers {kind.method} with something else.")
        found: list[Raw] = items
        return found


class Budget:
    """What may still come, over all lists of one reading."""

    def __init__(self) -> None:
        self.bytes = LARGEST_IN_ALL

    def take(self, kind: Kind, items: list[Raw], so_far: int) -> Iterator[dict[str, Any]]:
        """The definitions. Raises UpstreamUnreachable (too_large, protocol)."""
        if so_far + len(items) > MOST_DEFINITIONS:
            raise UpstreamUnreachable("too_large", f"The upstream lists more than {MOST_DEFINITIONS} {kind.member}.")
        for item in items:
            size = len(memoryview(item))
            self.bytes -= size
            if size > LARGEST_DEFINITION:
                text = f"The upstream lists something of more than {LARGEST_DEFINITION} bytes in {kind.member}."
                raise UpstreamUnreachable("too_large", text)
            if self.bytes < 0:
                raise UpstreamUnreachable("too_large", f"The upstream lists more than {LARGEST_IN_ALL} bytes in all.")
            definition = msgspec.json.decode(item)
            if not isinstance(definition, dict) or not isinstance(definition.get(kind.key), str):
                raise UpstreamUnreachable("protocol", f"The upstream lists something without a {kind.key}.")
            yield definition


class Listing:
    """One whole list, and the digest of each definition in it, by what the upstream knows it by."""

    def __init__(self, kind: Kind, definitions: tuple[dict[str, Any], ...], seconds: float) -> None:
        self.definitions = definitions
        self.by_key = {str(each[kind.key]): each for each in reversed(definitions)}
        self.digests = {key: definition_digest(each) for key, each in self.by_key.items()}
        self._until = monotonic() + seconds

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be believed."""
        return monotonic() < self._until


class Listings:
    """The lists that were read on one connection, by kind."""

    def __init__(self) -> None:
        self._kept: dict[str, Listing] = {}
        self.locks = {name: asyncio.Lock() for name in KINDS}

    def fresh(self, what: str) -> Listing | None:
        """The list, where it may still be believed."""
        listing = self._kept.get(what)
        return listing if listing is not None and listing.is_fresh else None

    def keep(self, what: str, listing: Listing) -> None:
        """It has just been read."""
        self._kept[what] = listing

    def changed(self, method: str) -> tuple[str, ...]:
        """A notification came: which lists it is about. They are read anew before they are believed again."""
        about = _CHANGES.get(method, ())
        for what in about:
            self._kept.pop(what, None)
        return about


def decode_page(result: Raw) -> Page:
    """One page. Raises UpstreamUnreachable (protocol)."""
    try:
        return msgspec.json.decode(result, type=Page)
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream sent a list that is none of MCP.") from error


def fresh_seconds(ttl_ms: float | None) -> float:
    """How long a list is believed: what the upstream says, and never longer than a minute."""
    return FRESH_SECONDS if ttl_ms is None else min(max(ttl_ms / 1000, 1.0), FRESH_SECONDS)
