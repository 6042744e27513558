"""A client of the older revisions that can be asked, one step at a time."""

from typing import Any, Final

import msgspec

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import legacy_headers, post, request
from tests.mcp_runtime.serving import ACME, Replica

ALL: Final[dict[str, Any]] = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
ALMA: Final[dict[str, Any]] = {"action": "accept", "content": {"name": "Alma"}}


async def begin(
    replica: Replica, capabilities: Any = ALL, version: str = "2025-11-25", key: str = ADA, path: str = ACME
) -> str:
    """Begin a session of a client that declares these capabilities; its id."""
    body = request(
        "initialize", protocolVersion=version, capabilities=capabilities, clientInfo={"name": "old", "version": "1"}
    )
    response = await post(replica, body, key, path=path)
    return str(response.headers["mcp-session-id"])


def call(name: str, number: int | str = 7, **arguments: Any) -> dict[str, Any]:
    """A call of one of the tools that ask."""
    return request("tools/call", number, name=name, arguments=arguments)


def result(question: Any, value: Any) -> dict[str, Any]:
    """The response to a question."""
    return {"jsonrpc": "2.0", "id": question["id"], "result": value}


async def answer(replica: Replica, session: str, question: Any, value: Any, key: str = ADA, path: str = ACME) -> None:
    """Send it; whatever becomes of it, the answer to that looks the same."""
    response = await post(replica, result(question, value), key, session, path)
    assert (response.status_code, response.content) == (202, b"")


async def called_at_once(replica: Replica, session: str, body: Any, accept: str = "application/json") -> dict[str, Any]:
    """The response of a client that takes no stream."""
    headers = {**legacy_headers(session=session), "Accept": accept}
    response = await replica.http.post(ACME, content=msgspec.json.encode(body), headers=headers)
    return dict(response.json())


def text(response: dict[str, Any]) -> str:
    """What the result says."""
    return str(response["result"]["content"][0]["text"])
