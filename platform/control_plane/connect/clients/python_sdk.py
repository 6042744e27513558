"""The official Python SDK."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, File, Sentence
from control_plane.connect.quoting import literal, shell
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PROGRAM: Final = """\
import asyncio
from os import environ

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

URL = {url}
KEY = environ[{variable}]


async def main() -> None:
    async with (
        httpx2.AsyncClient(headers={{"Authorization": f"Bearer {{KEY}}"}}, timeout=60) as http,
        Client(streamable_http_client(URL, http_client=http)) as client,
    ):
        for tool in (await client.list_tools()).tools:
            print(tool.name)


asyncio.run(main())"""


def by_key(target: Target, key: str) -> Blocks:
    """Install, set the key, run."""
    return (
        Sentence("Install the SDK, and put the key into the environment:"),
        Command(f'pip install "mcp>=2.3"\nexport {target.variable}={shell(key)}'),
        Sentence("This lists the tools that the key may call:"),
        File("list_tools.py", PROGRAM.format(url=literal(target.url), variable=literal(target.variable)), "python"),
    )


CLIENT: Final = SetUp("python", "Python", by_key=by_key)
