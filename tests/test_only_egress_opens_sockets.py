"""Connections to addresses that others choose are opened by `egress` alone."""

import ast
from typing import Final

import pytest

from tests.repository import PACKAGES, python_files, read, syntax_tree

CLIENTS: Final = {
    "aiohttp",
    "asyncssh",
    "ftplib",
    "h11",
    "http.client",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "imaplib",
    "mcp.client",
    "nntplib",
    "poplib",
    "pycurl",
    "requests",
    "smtplib",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc.client",
}
"""Modules that open connections to wherever they are told."""

CALLS: Final = {
    "create_connection",
    "create_datagram_endpoint",
    "connect_tcp",
    "connect_ex",
    "open_connection",
    "sock_connect",
    "urlopen",
    "urlretrieve",
}
"""Functions and methods that do, whatever they are reached through."""

ALLOWED: Final = {
    "platform/control_plane/accounts/mail.py": {"smtplib"},  # its exceptions; the server is the operator's
    "platform/control_plane/supervisor/readiness.py": {"http.client"},  # asks its own children on loopback
}
"""What may be found where. A listed file that has none of it is stale, and fails too."""


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def ways_out(source: str) -> set[str]:
    """The clients that a source imports, and the connecting functions that it names."""
    nodes = list(ast.walk(syntax_tree(source)))
    modules = {module for node in nodes for module in _imported(node)}
    clients = {client for client in CLIENTS for module in modules if f"{module}.".startswith(f"{client}.")}
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {module.rpartition(".")[2] for module in modules}
    if "socket" in modules and "connect" in names:  # elsewhere it is a signal's, or a store's own
        clients.add("socket")
    return clients | names & CALLS


def test_only_egress_opens_connections() -> None:
    names = [name for name in python_files(*PACKAGES) if not name.startswith("egress/")]
    found = {name: ways_out(read(name)) for name in names}
    assert {name: ways for name, ways in found.items() if ways} == ALLOWED


def test_egress_itself_would_be_noticed() -> None:
    assert {name for name in python_files("egress") if ways_out(read(name))} == {
        "egress/answers.py",
        "egress/connecting.py",
        "egress/connection.py",
        "egress/exchange.py",
        "egress/outgoing.py",
        "egress/transport.py",
    }


@pytest.mark.parametrize(
    "line",
    [
        "import httpx",
        "import httpx2.transports as t",
        "from requests import Session",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "from http import client",
        "import http.client as h",
        "from mcp.client.streamable_http import streamable_http_client",
        "from mcp import client",
        "import socket\nsocket.create_connection(('inside', 80))",
        "from socket import create_connection as connect",
        "import socket\nsocket.socket().connect(('inside', 80))",
        "import asyncio\nasyncio.open_connection('inside', 80)",
        "async def f(loop, s): await loop.sock_connect(s, ('inside', 80))",
    ],
)
def test_every_way_out_is_seen(line: str) -> None:
    assert ways_out(line)


def test_what_only_reads_or_listens_is_no_way_out() -> None:
    assert (
        ways_out("from urllib.parse import urlsplit\nfrom http import HTTPStatus\nimport socket\nsocket.socket()")
        == set()
    )
