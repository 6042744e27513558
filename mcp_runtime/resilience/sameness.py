"""When two calls are the same: everything that an answer depends on, as one digest."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.secret_references import ReferenceMalformed, secrets_named
from mcp_runtime.contract.secret_values import SecretUnreadable, SecretValue
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.toolkits.context import Context

ReadSecret = Callable[[str, str], Awaitable[SecretValue | None]]

_encode = msgspec.json.Encoder(order="sorted").encode


class Sameness:
    """Of the calls of one tool, as it is published now. `tenant_id` is whose secrets its config refers to."""

    def __init__(self, spec: ToolSpec, tenant_id: str, secret: ReadSecret) -> None:
        self._digest = hashlib.sha256(_encode(spec)).hexdigest()
        self._tenant_id, self._secret = tenant_id, secret
        self._names = sorted({name for text in _texts(spec.config) for name in _named(text)})

    async def secrets(self) -> tuple[int, ...] | None:
        """The versions of the secrets that a call would send; None where one is missing or can't be read, and the call
        will say so."""
        versions = []
        for name in self._names:
            try:
                value = await self._secret(self._tenant_id, name)
            except (SecretUnreadable, RecordUnavailable):
                return None
            if value is None:
                return None
            versions.append(value.version)
        return tuple(versions)

    def key(self, context: Context, arguments: dict[str, Any], versions: tuple[int, ...], *, public: bool) -> bytes:
        """The digest for one call: of its tenant, the tool, the secrets' versions, the arguments, and its principal
        unless that does not matter."""
        whose = ("everybody", "") if public else ("principal", context.principal)
        return hashlib.sha256(_encode((context.tenant, self._digest, whose, versions, arguments))).digest()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _named(text: str) -> list[str]:
    try:
        return secrets_named(text)
    except ReferenceMalformed:
        return []
