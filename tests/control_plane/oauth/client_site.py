"""A client's own site: `client.example` over TLS, in a thread. The guard of egress runs whole before it is reached."""

import json
import socket
import ssl
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any

from egress.guard import Outside
from tests.egress.certificates import serving, trust
from tests.egress.outside import Names, Recorder, answer

URL = "https://client.example/oauth/client.json"


def document(url: str = URL, **changes: Any) -> dict[str, Any]:
    """A good document. None leaves a field out."""
    good = {
        "client_id": url,
        "client_name": "Editor of Example",
        "redirect_uris": ["http://127.0.0.1/callback", "https://client.example/callback"],
        "token_endpoint_auth_method": "none",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def served(content: Any, *, status: str = "200 OK", **headers: str) -> bytes:
    """The bytes of an answer with this JSON, or these bytes."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return answer(body, status=status, **{"Content_Type": "application/json", **headers})


class Site:
    """Answers every path of `answers` with its bytes, any other with 404. `asked` are the paths that were asked for.

    While `answering` is cleared, nobody is answered.
    """

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.answering = Event()
        self.answering.set()
        self._server = _Server(self)
        self.names = Names()
        self.recorder = Recorder(port=self._server.server_address[1])

    def says(self, content: Any, url: str = URL, **answered: Any) -> None:
        """From now on, this is at the URL."""
        self.answers[url.removeprefix("https://client.example")] = served(content, **answered)

    def outside(self) -> Outside:
        """The way there: names and connections as this test has them, trust in the tests' authority alone."""
        return Outside(resolver=self.names, connector=self.recorder, trust=trust())

    def __enter__(self) -> "Site":
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site


class _Handler(BaseRequestHandler):
    def handle(self) -> None:
        with suppress(OSError), serving().wrap_socket(self.request, server_side=True) as connection:
            path = _request(connection).split(" ")[1]
            self.server.site.asked.append(path)  # type: ignore[attr-defined]
            said = self.server.site.answers.get(path, served({}, status="404 Not Found"))  # type: ignore[attr-defined]
            self.server.site.answering.wait()  # type: ignore[attr-defined]
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)


def _request(connection: ssl.SSLSocket) -> str:
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += connection.recv(4096)
    return received.decode("ascii")
