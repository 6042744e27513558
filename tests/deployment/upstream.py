"""What nginx passes on, as seen from behind it: a small server that remembers every request."""

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upstream:
    """A running server. `/…/stream` sends one event, and the next one when told to; `/…/drop` hangs up unanswered."""

    name: str
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    next_event: threading.Event = field(default_factory=threading.Event)
    disconnected: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        """The paths of all requests, in order."""
        return [request.path for request in self.seen]


class Handler(BaseHTTPRequestHandler):
    """Remembers and answers with the name of the upstream."""

    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.upstream.seen.append(Seen(self.command, self.path, headers, body))
        if self.path.endswith("/drop"):
            self.close_connection = True
            return
        if self.path.endswith("/stream"):
            self.stream()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.upstream.name)))
        self.end_headers()
        self.wfile.write(self.upstream.name.encode())

    def stream(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        # Silent until told to go on: a connection that is closed can be read from.
        while not self.upstream.next_event.wait(0.05):
            if select.select([self.connection], [], [], 0)[0]:
                self.upstream.disconnected.set()
                return
        self.wfile.write(b"data: second\n\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening(name: str) -> Iterator[Upstream]:
    """An upstream of that name, until the end of the block."""
    upstream = Upstream(name)
    methods = {f"do_{method}": Handler.answer for method in ("GET", "POST", "PUT", "DELETE")}
    handler = type("NamedHandler", (Handler,), {"upstream": upstream, **methods})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        upstream.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield upstream
        finally:
            upstream.next_event.set()
            server.shutdown()
            thread.join()
