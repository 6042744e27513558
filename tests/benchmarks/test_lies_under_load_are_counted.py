"""A server that is right while it is looked at, and sometimes wrong under load, is found out, to the single answer."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.calls import COUNT, is_right_answer
from benchmarks.load import LoadFailed, Run, bring_wrk, run
from benchmarks.rehearsal import rehearse
from benchmarks.targets import Target

pytestmark = pytest.mark.processes
LIES_EVERY = 10


class Liar(ThreadingHTTPServer):
    """Echoes, but once the rehearsal is over answers every tenth call wrongly: with `lie` in place of the text and a
    status, or with the answer that belongs to the previous call."""

    daemon_threads = True

    def __init__(self, lie: str | None, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lie, self.status = lie, status
        self.guard = threading.Lock()
        self.calls, self.lies, self.previous = 0, 0, b""

    def reply(self, request: dict) -> tuple[int, bytes]:
        with self.guard:
            self.calls += 1
            text = request["params"]["arguments"]["text"]
            truth, previous = answer(request["id"], text), self.previous
            self.previous = truth
            if self.calls <= 2 * COUNT or self.calls % LIES_EVERY:
                return 200, truth
            self.lies += 1
            return self.status, previous if self.lie is None else answer(request["id"], self.lie)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    server: Liar

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, body = self.server.reply(request)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def answer(identifier: int | str, text: str) -> bytes:
    result = {"content": [{"type": "text", "text": text}], "structuredContent": {"result": text}}
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "result": result}).encode()


@contextmanager
def serving(liar: Liar) -> Iterator[Target]:
    thread = threading.Thread(target=liar.serve_forever)
    thread.start()
    try:
        yield Target("liar", f"http://127.0.0.1:{liar.server_port}/", None, os.getpid())
    finally:
        liar.shutdown()
        thread.join()
        liar.server_close()


def load(liar: Liar, folder: Path, connections: int, threads: int) -> Run:
    try:
        bring_wrk()
    except LoadFailed as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    with serving(liar) as target:
        rehearsed = rehearse(target, is_right_answer, folder / "liar.lua")
        return run(target, rehearsed, connections, 1, threads=threads)


@pytest.mark.parametrize(("connections", "threads"), [(1, 1), (8, 8)])
def test_another_text_is_counted(tmp_path: Path, connections: int, threads: int) -> None:
    liar = Liar("something else", 200)
    result = load(liar, tmp_path, connections, threads)
    assert result.sent == result.answered == liar.calls - 2 * COUNT
    assert result.wrong == liar.lies > 0


def test_another_status_is_counted(tmp_path: Path) -> None:
    liar = Liar("something else", 500)
    result = load(liar, tmp_path, 8, 1)
    assert (result.wrong, result.refused) == (0, liar.lies)
    assert result.failures == liar.lies > 0


def test_the_answer_of_another_call_is_counted(tmp_path: Path) -> None:
    liar = Liar(None, 200)
    result = load(liar, tmp_path, 1, 1)
    assert result.wrong == liar.lies > 0
