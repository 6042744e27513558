"""The mcp Python client, listening: prints `open` once it hears what the server says by itself, then every change of
its tools. Its arguments are a mode and a server as JSON."""

import json
import sys
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.end_to_end.clients.python_client import MODES


def say(word: str) -> None:
    print(word, flush=True)


async def opened(response: httpx2.Response) -> None:
    """The stream of a session is a GET that is answered."""
    if response.request.method == "GET" and response.status_code == 200:
        say("open")


async def heard(message: Any) -> None:
    """What the server said outside of any answer."""
    say(str(getattr(message, "method", type(message).__name__)))


async def main(mode: str, server: dict[str, Any]) -> None:
    """Until somebody ends this process."""
    headers = {"Authorization": f"Bearer {server['api_key']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30, event_hooks={"response": [opened]}) as http:
        transport = streamable_http_client(server["url"], http_client=http)
        async with Client(transport, mode=MODES[mode], message_handler=heard) as client:
            if mode == "legacy":
                await anyio.sleep_forever()
            async with client.listen(tools_list_changed=True) as subscription:
                say("open")
                async for event in subscription:
                    say(type(event).__name__)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], json.loads(sys.argv[2]))
