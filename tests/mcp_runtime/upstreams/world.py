"""Servers that we did not write, behind names of a private network, and a replica whose tools lead there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, Final

import httpx2
import msgspec
import uvicorn
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from egress.door import Door
from egress.installation import Installation
from egress.pool import Pool
from mcp_runtime.contract.primitives import PromptArgument, PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec
from mcp_runtime.contract.upstreams import (
    AccountMissing,
    PublishedUpstreamItem,
    UpstreamOffer,
    UpstreamSpec,
    UpstreamToken,
    definition_digest,
)
from mcp_runtime.upstreams.executor import UpstreamExecutor
from mcp_runtime.upstreams.primitives import UpstreamPrimitives
from mcp_runtime.upstreams.reader import BlockingReader
from mcp_runtime.upstreams.upstreams import Upstreams
from tests.egress.outside import Names, Outside, Recorder
from tests.mcp_runtime.cast import ADA, server
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica

URL: Final = "http://mcp.corp.internal:8080/mcp"
INSIDE: Final = Installation(private_networks=(ip_network("10.1.0.0/16"),))


@asynccontextmanager
async def serving(app: Any, port: int = 0) -> AsyncIterator[int]:
    """An ASGI application on a port of loopback, a free one unless said."""
    runs = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # asyncio spares these the delay of small writes
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        task = asyncio.create_task(runs.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            runs.should_exit = True
            await task


def outside(port: int | None) -> Outside:
    """A world in which every name leads to this port, by way of a private network."""
    return Outside(Names([[ip_address("10.1.2.3")]]), Recorder(port), INSIDE, pool=Pool())


@dataclass
class Fakes:
    """The ports: secrets and accounts that a test gives, and what was reported."""

    secrets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str | None, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    reported: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        value = self.secrets.get(f"{tenant_id}/{name}")
        return None if value is None else SecretValue(name, 1, value)

    async def token(self, upstream: UpstreamSpec, user_id: str | None, *, refused: str = "") -> UpstreamToken:
        if refused:
            self.refused.append(refused)
        token = self.tokens.get(user_id)
        if token is None or token == refused:
            raise AccountMissing("You have no account there.", "https://atrium.example/app/acme/accounts")
        return UpstreamToken(token, f"account-of-{user_id}")

    async def wanting(self, upstream: UpstreamSpec, account: str, scopes: tuple[str, ...]) -> AccountMissing:
        return AccountMissing(f"It wants {' '.join(scopes)}.", "https://atrium.example/app/acme/accounts")

    async def offered(self, tenant_id: str, upstream_id: str, what: Any) -> None:
        self.reported.append((tenant_id, upstream_id, dict(what)))


def upstream_spec(tenant: str = "acme", **changes: Any) -> UpstreamSpec:
    """An upstream of a tenant."""
    fields: dict[str, Any] = {
        "id": f"upstream-of-{tenant}",
        "tenant_id": f"id-of-{tenant}",
        "prefix": "up",
        "name": "Upstream",
        "url": URL,
    }
    return UpstreamSpec(**{**fields, **changes})


@dataclass
class World:
    """One upstream, and what is needed to speak to it."""

    spec: UpstreamSpec
    door: Door
    fakes: Fakes
    upstreams: Upstreams
    outside: Outside

    async def offer(self) -> UpstreamOffer:
        """Everything that it lists."""
        return await asyncio.to_thread(
            BlockingReader(lambda: self.outside_door()).read, self.spec, dict(self.spec.headers), None
        )

    def outside_door(self) -> Door:
        """A way out of its own, for another loop."""
        return Outside(self.outside.names, self.outside.recorder, INSIDE).door()

    def tools(self, offer: UpstreamOffer, **changes: Any) -> tuple[ToolSpec, ...]:
        """The tools as a server has them, under their own names."""
        return tuple(self._tool(each, changes) for each in offer.tools)

    def _tool(self, definition: dict[str, Any], changes: dict[str, Any]) -> ToolSpec:
        fields: dict[str, Any] = {
            "id": f"id-of-{definition['name']}",
            "name": definition["name"],
            "description": definition.get("description", ""),
            "input_schema": definition["inputSchema"],
            "output_schema": definition.get("outputSchema"),
            "annotations": msgspec.convert(definition.get("annotations") or {}, ToolAnnotations),
            "kind": "upstream",
            "config": self.config(definition["name"], definition),
            "timeout_seconds": 20.0,
        }
        return ToolSpec(**{**fields, **changes})

    def config(self, key: str, definition: dict[str, Any]) -> dict[str, Any]:
        """What is published of one thing."""
        item = PublishedUpstreamItem(upstream=self.spec, key=key, digest=definition_digest(definition))
        config: dict[str, Any] = msgspec.to_builtins(item)
        return config

    def primitives(self, offer: UpstreamOffer) -> dict[str, Any]:
        """Resources, templates and prompts as a server has them."""
        return {
            "resources": tuple(self._resources(offer)),
            "templates": tuple(self._templates(offer)),
            "prompts": tuple(self._prompts(offer)),
        }

    def _resources(self, offer: UpstreamOffer) -> Iterator[ResourceSpec]:
        for each in offer.resources:
            yield ResourceSpec(id=each["uri"], uri=each["uri"], **self._described(each, each["uri"]))

    def _templates(self, offer: UpstreamOffer) -> Iterator[TemplateSpec]:
        for each in offer.templates:
            uri = each["uriTemplate"]
            yield TemplateSpec(id=uri, uri_template=uri, completes=("id",), **self._described(each, uri))

    def _described(self, definition: dict[str, Any], key: str) -> dict[str, Any]:
        return {
            "name": definition["name"],
            "description": definition.get("description", ""),
            "mime_type": definition.get("mimeType"),
            "kind": "upstream",
            "config": self.config(key, definition),
        }

    def _prompts(self, offer: UpstreamOffer) -> Iterator[PromptSpec]:
        for each in offer.prompts:
            arguments = tuple(
                PromptArgument(
                    name=argument["name"],
                    description=argument.get("description", ""),
                    required=bool(argument.get("required")),
                    completes=True,
                )
                for argument in each.get("arguments") or ()
            )
            described = self._described(each, each["name"])
            described.pop("mime_type")
            yield PromptSpec(id=each["name"], arguments=arguments, **described)

    def serve(self, record: Record, replica: Replica, offer: UpstreamOffer, **changes: Any) -> None:
        """Have acme's server lead to it."""
        record.keep_server(server("acme", version=2, tools=self.tools(offer, **changes), **self.primitives(offer)))
        replica.runtime.executors["upstream"] = UpstreamExecutor(self.upstreams).bind
        replica.runtime.primitives["upstream"] = UpstreamPrimitives(self.upstreams)


@asynccontextmanager
async def world(port: int | None, **changes: Any) -> AsyncIterator[World]:
    """The world with an upstream on this port."""
    around, fakes = outside(port), Fakes()
    door = around.door()
    upstreams = Upstreams(door, secret=fakes.secret, accounts=fakes, reports=fakes)
    try:
        yield World(upstream_spec(**changes), door, fakes, upstreams, around)
    finally:
        await upstreams.aclose()
        await door.aclose()


@asynccontextmanager
async def client_of(replica: Replica, mode: Any, key: str = ADA, **given: Any) -> AsyncIterator[Client]:
    """The SDK's client at acme's server, in one era or the other."""
    url = str(replica.http.base_url.join(ACME))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http_client:
        transport = streamable_http_client(url, http_client=http_client)
        async with Client(transport, mode=mode, **given) as client:
            yield client
