"""What an upstream was shown in confidence is cut out of all that it says, whichever way it says it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mcp_runtime.calls.scrubbing import Scrubber
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.upstreams.errors import RpcError
from mcp_runtime.upstreams.turn import Turn


class Confidence:
    """Of one request. Most requests show nothing, and then nothing is looked for."""

    def __init__(self, values: tuple[SecretValue, ...]) -> None:
        self._values = values

    @cached_property
    def _scrubber(self) -> Scrubber:
        return Scrubber(self._values)

    def repeated_in(self, text: str) -> bool:
        """Whether a text repeats any of it."""
        return bool(self._values) and self._scrubber.text(text) != text

    def structured(self, value: Any) -> Any:
        """A JSON value without it."""
        return self._scrubber.structured(value) if self._values else value

    def error(self, error: RpcError) -> RpcError:
        """An error without it."""
        return RpcError(error.code, self.structured(error.message), self.structured(error.data))

    def turn(self, turn: Turn) -> Turn:
        """A turn that hears nothing of it."""
        return _Quiet(turn, self) if self._values else turn


class _Quiet:
    def __init__(self, turn: Turn, confidence: Confidence) -> None:
        self._turn, self._confidence = turn, confidence

    @property
    def capabilities(self) -> Mapping[str, Any]:
        return self._turn.capabilities

    @property
    def meta(self) -> dict[str, Any]:
        return self._turn.meta

    def notified(self, method: str, params: dict[str, Any]) -> None:
        self._turn.notified(method, self._confidence.structured(params))

    async def asked(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._turn.asked(method, self._confidence.structured(params))
