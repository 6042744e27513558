"""Requests whose end can be read in two ways are refused at the edge, so none can hide in another."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.deployment.conftest import Behind

pytestmark = pytest.mark.processes

HIDDEN = "GET /mcp/globex/hidden HTTP/1.1\r\nHost: h\r\n\r\n"
CHUNKED = f"0\r\n\r\n{HIDDEN}"

AMBIGUOUS = {
    "length and chunks": f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNKED}",
    "chunks and length": f"Transfer-Encoding: chunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a list of lengths": f"Content-Length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a signed length": f"Content-Length: +0\r\n\r\n{HIDDEN}",
    "an unknown encoding": f"Transfer-Encoding: xchunked\r\n\r\n{CHUNKED}",
    "two encodings": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{CHUNKED}",
    "an encoding after a tab": f"Transfer-Encoding:\x0bchunked\r\n\r\n{CHUNKED}",
    "a chunk of no size": f"Transfer-Encoding: chunked\r\n\r\nz\r\n{CHUNKED}",
}


def exchange(url: str, request: str) -> str:
    """Send the bytes and return everything that comes back until the other side closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received.decode("latin-1")


@pytest.mark.parametrize("framing", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_is_refused(behind: Behind, framing: str) -> None:
    answer = exchange(behind.url, f"POST /mcp/acme/demo HTTP/1.1\r\nHost: h\r\n{framing}")
    assert answer.startswith(("HTTP/1.1 400", "HTTP/1.1 501")), answer
    assert behind.seen() == []


def test_a_well_framed_request_passes(behind: Behind) -> None:
    request = "POST /mcp/acme/demo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    answer = exchange(behind.url, request)
    assert answer.startswith("HTTP/1.1 200"), answer
    assert behind.seen() == ["/mcp/acme/demo"]
