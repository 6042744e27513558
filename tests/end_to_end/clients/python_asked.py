"""The mcp Python client, asked by tools: answers every question, and prints what the tools made of that. Its arguments
are a mode and a server as JSON."""

import json
import sys
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CreateMessageResult, ElicitResult, ListRootsResult, Root, TextContent

from tests.end_to_end.clients.python_client import MODES

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("test_elicitation", {"message": "Who are you?"}),
    ("test_sampling", {"prompt": "Hello"}),
    ("test_input_required_result_list_roots", {}),
    ("confirm_delete", {"filename": "notes.txt"}),
]


async def elicit(context: Any, params: Any) -> ElicitResult:
    """What a person types."""
    if "confirm" in params.requested_schema["properties"]:
        return ElicitResult(action="accept", content={"confirm": True})
    return ElicitResult(action="accept", content={"username": "ada", "email": params.message})


async def sample(context: Any, params: Any) -> CreateMessageResult:
    """What the model says."""
    said = TextContent(type="text", text=f"You said {params.messages[0].content.text}")
    return CreateMessageResult(role="assistant", content=said, model="m", stop_reason="endTurn")


async def roots(context: Any) -> ListRootsResult:
    """Where the client works."""
    return ListRootsResult(roots=[Root(uri="file:///projects/ada")])


async def main(mode: str, server: dict[str, Any]) -> None:
    """One call after the other."""
    headers = {"Authorization": f"Bearer {server['api_key']}"}
    callbacks = {"elicitation_callback": elicit, "sampling_callback": sample, "list_roots_callback": roots}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(server["url"], http_client=http)
        async with Client(transport, mode=MODES[mode], **callbacks) as client:
            texts = [(await client.call_tool(name, arguments)).content[0].text for name, arguments in CALLS]
    print(json.dumps(texts))


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], json.loads(sys.argv[2]))
