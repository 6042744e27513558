"""What an upstream says and asks while it answers one request; each request has one of its own to hear it."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from mcp_runtime.upstreams.errors import RpcError

NOT_ASKED: Final = -32601
EVERYTHING: Final[dict[str, Any]] = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
"""What any client may be able to be asked."""


class Turn(Protocol):
    """Hears what comes on the stream of one request."""

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What may be asked here (`ClientCapabilities`)."""

    @property
    def meta(self) -> dict[str, Any]:
        """What goes along in `_meta`, beside what the protocol puts there."""

    def notified(self, method: str, params: dict[str, Any]) -> None:
        """A notification that belongs to the request."""

    async def asked(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question. Raises RpcError where there is none to be had."""


class Silent:
    """Of a request that has nobody behind it. It declares everything: what a server lists may depend on it, and what is
    listed must be the same whoever calls."""

    capabilities: Mapping[str, Any] = EVERYTHING

    @property
    def meta(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def notified(self, method: str, params: dict[str, Any]) -> None:
        """Goes unheard."""

    async def asked(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Nobody can be asked. Raises RpcError."""
        raise RpcError(NOT_ASKED, "Nobody can be asked.")


SILENT = Silent()
