"""A client of the older revisions that can be asked, one step at a time."""

import asyncio
from typing import Any, Final

import msgspec

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import legacy_headers, post, request
from tests.mcp_runtime.serving import ACME, Replica
from tests.mcp_runtime.streaming import legacy_stream

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
    assert "mcp-session-id" in response.headers, response.text
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


async def conversation(
    replica: Replica, body: Any, value: Any = None, response: Any = None, version: str = "2025-11-25"
) -> dict[str, Any]:
    """A call in a session of its own that asks once, its question answered with this result or response; its end."""
    session = await begin(replica, version=version)
    async with asyncio.timeout(20), legacy_stream(replica, body, session) as stream:
        question = await stream.message()
        reply = result(question, value) if response is None else {**result(question, None), **response}
        if response is not None and "error" in response:
            del reply["result"]
        assert (await post(replica, reply, session=session)).status_code == 202
        return (await stream.rest())[-1]


async def called_at_once(replica: Replica, session: str, body: Any, accept: str = "application/json") -> dict[str, Any]:
    """The response of a client that takes no stream."""
    headers = {**legacy_headers(session=session), "Accept": accept}
    response = await replica.http.post(ACME, content=msgspec.json.encode(body), headers=headers)
    return dict(response.json())


def text(response: dict[str, Any]) -> str:
    """What the result says."""
    return str(response["result"]["content"][0]["text"])
