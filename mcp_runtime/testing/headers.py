"""Headers that repeat what a body says, as clients of 2026-07-28 write them (basic/transports/streamable-http)."""

from base64 import b64encode
from typing import Any

from mcp_runtime.protocol.header_values import decode, mirrored_parameters
from mcp_runtime.testing.installation import Installation
from mcp_runtime.wire.modern import NAMED_METHODS


def named(method: str, params: dict[str, Any]) -> dict[str, str]:
    """`Mcp-Name`, for the methods that have it."""
    name = params.get(NAMED_METHODS.get(method, ""))
    return {"mcp-name": written(name)} if isinstance(name, str) else {}


def mirrored(installation: Installation, params: dict[str, Any]) -> dict[str, str]:
    """`Mcp-Param-*` of a call, for the arguments that the tool has repeated so."""
    spec = next((spec for spec in installation.record.server.tools if spec.name == params.get("name")), None)
    headers = {}
    for parameter in mirrored_parameters(spec.input_schema) if spec is not None else ():
        value: Any = params.get("arguments")
        for step in parameter.path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, dict | list):
            headers[parameter.header.decode()] = written(_as_text(value))
    return headers


def written(text: str) -> str:
    """A text as a header's value: in base64 where it could not be read back otherwise."""
    plain = text.encode()
    return (
        text
        if text and text == text.strip(" \t") and decode(plain) == text
        else f"=?base64?{b64encode(plain).decode()}?="
    )


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
