"""The other side of the tools: `python -m tests.chaos.upstream RECORD` writes down every effect before it answers.

It is never killed, so that its record is the truth. Prints its port, alone on a line, once it listens on 127.0.0.1.
"""

import json
import os
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from time import time
from typing import Any

from tests.chaos.evidence import Effect


class Upstream(ThreadingHTTPServer):
    """A service with effects, each of which it has once for every time it is asked, whatever the key."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, record: Path) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self._record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._receipts = count(1)

    def happen(self, asked: dict[str, Any]) -> int:
        """Have the effect and write it down, in one go; its receipt."""
        effect = {"key": asked["key"], "name": asked["name"], "attempt": asked["attempt"], "at": time()}
        os.write(self._record, json.dumps(effect).encode() + b"\n")
        return next(self._receipts)


class Door(BaseHTTPRequestHandler):
    """Every POST is an effect."""

    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        """Have the effect, then say so."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"receipt": self.server.happen(asked)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def effects_read(record: Path) -> Iterator[Effect]:
    """What has happened so far."""
    for line in record.read_text().splitlines() if record.exists() else ():
        yield Effect(**json.loads(line))


def main(record: Path) -> None:
    """Serve until killed."""
    with Upstream(record) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
