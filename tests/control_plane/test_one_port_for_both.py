"""Embedded, web and runtime share a port: the path decides, and ready means that both are and all behind them."""

from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from django.db import connection

from control_plane.embedded_asgi import ByPath
from control_plane.health.heartbeat import process_is_alive


class Recorded:
    """An application that answers everything with its name and status."""

    def __init__(self, name: str, status: int = 200) -> None:
        self.name, self.status, self.draining = name, status, False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        status = 503 if self.draining else self.status
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})

    def drain(self) -> None:
        self.draining = True


def asked(application: Any, path: str, kind: str = "http") -> tuple[int, str]:
    """The status and body of a GET."""
    events: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(event: Mapping[str, Any]) -> None:
        events.append(event)

    anyio.run(application, {"type": kind, "path": path, "method": "GET", "headers": []}, receive, send)
    return events[0]["status"], events[1]["body"].decode()


@pytest.fixture
def runtime() -> Recorded:
    return Recorded("runtime")


@pytest.fixture
def both(runtime: Recorded) -> ByPath:
    return ByPath(runtime=runtime, web=Recorded("web"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/mcp/acme/demo", "runtime"),
        ("/.well-known/oauth-protected-resource/mcp/acme/demo", "runtime"),
        ("/metrics", "runtime"),
        ("/", "web"),
        ("/mcp", "web"),
        ("/mcpx/acme/demo", "web"),
        ("/.well-known/oauth-authorization-server", "web"),
        ("/livez", "web"),
        ("/health", "web"),
    ],
)
def test_the_path_decides(both: ByPath, path: str, name: str) -> None:
    assert asked(both, path) == (200, name)


def test_only_the_runtime_starts_and_stops(both: ByPath) -> None:
    assert asked(both, "", kind="lifespan") == (200, "runtime")


@pytest.fixture
def everything_is_up(transactional_db: None, store: Any) -> None:
    assert connection.vendor in ("sqlite", "postgresql")
    process_is_alive("worker")
    process_is_alive("tools")
    process_is_alive("beat")


@pytest.mark.usefixtures("everything_is_up")
def test_ready_when_everything_is_up(both: ByPath) -> None:
    assert asked(both, "/readyz") == (200, "runtime")


@pytest.mark.usefixtures("everything_is_up")
def test_not_ready_while_the_runtime_is_not(both: ByPath) -> None:
    both.drain()
    assert asked(both, "/readyz") == (503, "runtime")


@pytest.mark.usefixtures("everything_is_up")
@pytest.mark.parametrize("silent", ["worker", "tools", "beat"])
def test_not_ready_while_a_process_is_silent(both: ByPath, store: Any, silent: str) -> None:
    store.delete(f"atrium:alive:{silent}")
    assert asked(both, "/readyz") == (503, "not ready\n")


@pytest.mark.usefixtures("transactional_db")
def test_not_ready_without_a_store(both: ByPath) -> None:
    assert asked(both, "/readyz") == (503, "not ready\n")
