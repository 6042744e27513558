"""Providers of models that tests stand up: the two styles of chat, on real sockets."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from mcp_runtime.contract.fan_out import ModelBackend, PublishedFanOut
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec
from tests.egress.certificates import serving
from tests.egress.outside import Recorder
from tests.mcp_runtime.resilience.api import json_answer

TLS = serving("open.example", "claude.example", "third.example")
KEY = "sk-canary-of-a-key"


class Providers:
    """Answers by host. `says` gives the text of a host's model, or the whole answer; `asked` are the bodies that came,
    `headers` their heads."""

    def __init__(self, **says: Callable[[], Any] | str) -> None:
        self.says = {f"{name}.example": said for name, said in says.items()}
        self.asked: dict[str, list[Any]] = {}
        self.heads: dict[str, bytes] = {}
        self.recorder = Recorder()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=TLS)
        self.recorder.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
            body = msgspec.json.decode(await reader.readexactly(int(fields[b"content-length"])))
            host = fields[b"host"].decode()
            self.asked.setdefault(host, []).append(body)
            self.heads[host] = head
            said = self.says[host]
            answer = said if isinstance(said, str) else await said()
            writer.write(answer if isinstance(answer, bytes) else _written(lines[0], body, answer))
            await writer.drain()
        writer.close()


def _written(line: bytes, body: Any, text: str) -> bytes:
    model = f"{body['model']}-2026"
    if line == b"POST /v1/messages HTTP/1.1":
        return json_answer({"type": "message", "model": model, "content": [{"type": "text", "text": text}]})
    assert line == b"POST /v1/chat/completions HTTP/1.1"
    message = {"role": "assistant", "content": text}
    return json_answer({"model": model, "choices": [{"index": 0, "message": message}]})


def model(name: str, style: str = "openai", **changes: Any) -> ModelBackend:
    fields = {"base_url": f"https://{name}.example/v1", "model": f"{name}-1", "api_key": "{{secret.key}}"}
    return ModelBackend(name=name, style=style, **{**fields, **changes})


def fan_out(tenant: str, strategy: str, *backends: Any, quorum: int = 1, **changes: Any) -> ToolSpec:
    published = PublishedFanOut(tenant_id=f"id-of-{tenant}", strategy=strategy, backends=backends, quorum=quorum)
    fields: dict[str, Any] = {
        "id": f"{tenant}-ask",
        "name": "ask",
        "input_schema": {"type": "object"},
        "annotations": ToolAnnotations(read_only_hint=True),
        "kind": "fan_out",
        "config": msgspec.to_builtins(published),
        "timeout_seconds": 20.0,
    }
    return ToolSpec(**{**fields, **changes})


class Vault:
    """acme has a key; globex has none."""

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        return SecretValue(name, 1, KEY) if (tenant_id, name) == ("id-of-acme", "key") else None
