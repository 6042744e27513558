"""SIGTERM: `/readyz` turns 503 at once, calls in flight finish, then the port closes."""

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from control_plane.draining import CLOSE_SECONDS, DrainingServer
from control_plane.supervisor.listening import listen
from tests.fixtures.waiting import until


class Slow:
    """`/slow` answers when released; `/readyz` says whether it drains."""

    def __init__(self) -> None:
        self.draining, self.began, self.release = False, threading.Event(), threading.Event()

    def drain(self) -> None:
        self.draining = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            self.began.set()
            await asyncio.to_thread(self.release.wait, 20)
        status = 503 if self.draining and scope["path"] == "/readyz" else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})


class Served:
    """The server in a thread of its own."""

    def __init__(self) -> None:
        self.application, self.listener = Slow(), listen(0, advice="")
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        options: dict[str, Any] = {"lifespan": "off", "log_config": None, "timeout_graceful_shutdown": CLOSE_SECONDS}
        self.server = DrainingServer(uvicorn.Config(self.application, **options), self.application)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as response:  # noqa: S310 - this test's own
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    served.thread.start()
    until(lambda: served.server.started, 10)
    yield served
    served.application.release.set()
    served.server.should_exit = True
    served.thread.join(20)


def test_calls_in_flight_finish_while_it_says_that_it_is_not_ready(served: Served) -> None:
    answers: list[int] = []
    call = threading.Thread(target=lambda: answers.append(served.get("/slow")))
    call.start()
    assert served.application.began.wait(10)
    assert served.get("/readyz") == 200

    served.server.should_exit = True

    until(lambda: served.get("/readyz") == 503, 10)
    assert answers == []
    served.application.release.set()
    call.join(20)
    assert answers == [200]
    served.thread.join(20)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", int(served.url[-5:])), 5):
        pass


def test_an_idle_server_ends_at_once(served: Served) -> None:
    served.server.should_exit = True
    served.thread.join(3)
    assert not served.thread.is_alive()
