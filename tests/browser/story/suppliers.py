"""What a company has already: an API with an OpenAPI document, and an MCP server written with the SDK. Both at once, on
one port of loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

API: Final = "http://shop.corp.internal:8080"
MCP: Final = "http://lamps.corp.internal:8080/mcp"
KEY: Final = "sesame-1749-lantern"
"""What the API wants in its header."""


class Shop:
    """The API: lamps by number, found, read, ordered. It keeps what was ordered."""

    def __init__(self) -> None:
        self.lamps = {1: {"id": 1, "name": "Desk lamp", "price": 49}, 2: {"id": 2, "name": "Lantern", "price": 30}}
        self.orders: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/lamps", self.found),
            Route("/lamps/{number:int}", self.read),
            Route("/orders", self.ordered, methods=["POST"]),
        ]

    async def found(self, request: Request) -> Response:
        """Those of a name."""
        wanted = request.query_params.get("name", "").lower()
        return self._answer(request, [lamp for lamp in self.lamps.values() if wanted in str(lamp["name"]).lower()])

    async def read(self, request: Request) -> Response:
        """One."""
        return self._answer(request, self.lamps.get(request.path_params["number"]))

    async def ordered(self, request: Request) -> Response:
        """Take an order."""
        self.orders.append(await request.json())
        return self._answer(request, {"order": len(self.orders)})

    def _answer(self, request: Request, content: Any) -> Response:
        if request.headers.get("x-shop-key") != KEY:
            return JSONResponse({"error": "Who are you?"}, 401)
        return JSONResponse(content, 404 if content is None else 200)


def document() -> dict[str, Any]:
    """The API's own description, with more than anybody needs."""
    text, number = {"type": "string"}, {"type": "integer"}

    def operation(key: str, summary: str, *parameters: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
        described = [
            {"name": name, "in": place, "required": place == "path", "schema": schema}
            for name, place, schema in parameters
        ]
        return {
            "operationId": key,
            "summary": summary,
            "parameters": described,
            "responses": {"200": {"description": ""}},
        }

    order = {"type": "object", "properties": {"lamp": number, "count": number}, "required": ["lamp", "count"]}
    body = {"required": True, "content": {"application/json": {"schema": order}}}
    by_number = ("number", "path", number)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lamp shop", "version": "7"},
        "servers": [{"url": API}],
        "components": {"securitySchemes": {"shop": {"type": "apiKey", "in": "header", "name": "X-Shop-Key"}}},
        "security": [{"shop": []}],
        "paths": {
            "/lamps": {"get": operation("findLamps", "Find lamps by their name", ("name", "query", text))},
            "/lamps/{number}": {
                "get": operation("readLamp", "Read one lamp", by_number),
                "delete": operation("removeLamp", "Take a lamp out of the shop", by_number),
            },
            "/orders": {
                "get": operation("listOrders", "List all orders"),
                "post": {**operation("orderLamps", "Order lamps"), "requestBody": body},
            },
        },
    }


def lamps_server() -> MCPServer:
    """The MCP server: two tools, of which nobody outside of the company knows."""
    server = MCPServer("Lamps", instructions="Ask before you switch.")

    @server.tool()
    def brightness(lamp: str) -> str:
        """How bright a lamp is, in lumen."""
        return f"{lamp} has {80 * len(lamp)} lumen"

    @server.tool()
    def switch(lamp: str, on: bool) -> str:
        """Switch a lamp."""
        return f"{lamp} is {'on' if on else 'off'}"

    return server


@contextmanager
def suppliers() -> Iterator[tuple[int, Shop]]:
    """Both, running; their port, and the shop."""
    shop = Shop()
    open_to_all = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    mcp = lamps_server().streamable_http_app(transport_security=open_to_all)
    application = Starlette(routes=[*shop.routes(), Mount("/", mcp)], lifespan=mcp.router.lifespan_context)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1))
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1], shop
        finally:
            server.should_exit = True
            thread.join()
