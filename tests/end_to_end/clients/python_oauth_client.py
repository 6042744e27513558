"""Clients on the mcp Python SDK with its own OAuth, driven line by line; oauth_client.mjs does the same in TypeScript.

stdin has commands, one JSON object a line: {"client": NAME, "do": …, …}. Each is answered on stdout by a line with the
client's name and `result` or `error`; before that may come `open` (a URL for the user's browser) and `progress`.
A command with `alone` has nobody at the browser: a client that needs somebody fails with SignInNeeded.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import anyio
import httpx2
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp import Client, MCPError
from mcp.client.auth import OAuthClientProvider, OAuthFlowError
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from mcp_types import Implementation
from pydantic import AnyUrl

from tests.end_to_end.clients.python_client import MODES, leaves, plain

Command = dict[str, Any]


class SignInNeeded(Exception):  # noqa: N818 - reads as the state it reports
    """The user would have to be asked."""


class NotLetIn(Exception):  # noqa: N818
    """The answer that came to the callback was an error."""


TOLD = (MCPError, OAuthFlowError, SignInNeeded, NotLetIn)
"""What the user is told of. Most of it comes from tasks of the SDK, in groups."""


class Storage:
    """What a client keeps between its launches."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Application:
    """One client and its user. A `disconnect` and `connect` is another launch: what was stored is what is left."""

    def __init__(self, name: str, settings: Command) -> None:
        self._name, self._settings, self._storage = name, settings, Storage()
        self._answers: list[Any] = []
        self._alone = True

    def say(self, **message: Any) -> None:
        print(json.dumps({"client": self._name, **message}), flush=True)

    async def serve(self, commands: MemoryObjectReceiveStream[Command]) -> None:
        """Obey one command after the other."""
        async for command in commands:
            try:
                if command["do"] == "connect":
                    await self._launched(command, commands)
                else:
                    await self._obey(command)
            except* TOLD as group:
                self._fail(group)

    async def _launched(self, command: Command, commands: MemoryObjectReceiveStream[Command]) -> None:
        """From one `connect` to its `disconnect`. What the SDK raises in the background ends it before that."""
        self._alone = command.get("alone", False)
        async with AsyncExitStack() as stack:
            self.say(result=await self._connected(stack))
            async for following in commands:
                if following["do"] == "disconnect":
                    break
                await self._obey(following)
        self.say(result=None)

    async def _obey(self, command: Command) -> None:
        self._alone = command.get("alone", False)
        try:
            self.say(result=await getattr(self, f"do_{command['do']}")(command))
        except* TOLD as group:
            self._fail(group)

    def _fail(self, group: BaseExceptionGroup) -> None:
        found = leaves(group)[0]
        self.say(error={"name": type(found).__name__, "message": str(found)})

    async def _connected(self, stack: AsyncExitStack) -> str:
        """Connect; the revision that was agreed on."""
        self._callbacks: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        server = await asyncio.start_server(self._called_back, "127.0.0.1", 0)
        stack.callback(server.close)
        self._port = server.sockets[0].getsockname()[1]
        self._provider = self._oauth()
        http = httpx2.AsyncClient(auth=self._provider, timeout=30, event_hooks={"response": [self._note]})
        await stack.enter_async_context(http)
        transport = streamable_http_client(self._settings["url"], http_client=http)
        information = Implementation(name=self._settings["name"], version="1")
        client = Client(transport, mode=MODES[self._settings["mode"]], client_info=information)
        self._client = await stack.enter_async_context(client)
        return self._client.protocol_version

    async def do_list(self, command: Command) -> list[str]:
        """The names of the tools."""
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def do_call(self, command: Command) -> Any:
        """Call a tool."""

        async def report(value: float, total: float | None, message: str | None) -> None:
            self.say(progress=value)

        called = self._client.call_tool(command["tool"], command.get("arguments", {}), progress_callback=report)
        return plain(await called)

    async def do_stored(self, command: Command) -> Any:
        """What is stored."""
        tokens, client = self._storage.tokens, self._storage.client
        dumped = {} if tokens is None else tokens.model_dump(mode="json", exclude_none=True)
        return {**dumped, "client_id": client and client.client_id}

    async def do_wait_for_expiry(self, command: Command) -> None:
        """The time passes after which the access token is said to be good no more."""
        self._provider.context.token_expiry_time = time.time() - 1

    async def do_answers(self, command: Command) -> list[Any]:
        """Status and challenge of everything that the server has answered since this was asked before."""
        answers, self._answers = self._answers, []
        return answers

    def _oauth(self) -> OAuthClientProvider:
        return OAuthClientProvider(
            server_url=self._settings["url"],
            client_metadata=OAuthClientMetadata(
                client_name=self._settings["name"],
                redirect_uris=[AnyUrl(f"http://{self._settings['callback_host']}:{self._port}/callback")],
                token_endpoint_auth_method="none",
            ),
            storage=self._storage,
            redirect_handler=self._open,
            callback_handler=self._answer,
            client_metadata_url=self._settings.get("metadata_url"),
        )

    async def _open(self, url: str) -> None:
        if self._alone:
            raise SignInNeeded("The user has to sign in.")
        first = self._settings.pop("first_scope", None)
        self.say(open=url if first is None else asking_for(url, first))

    async def _answer(self) -> AuthorizationCodeResult:
        answer = await self._callbacks.get()
        if "error" in answer:
            raise NotLetIn(f"{answer['error']}: {answer.get('error_description', '')}")
        return AuthorizationCodeResult(code=answer["code"], state=answer.get("state"), iss=answer.get("iss"))

    async def _called_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        query = parse_qs(urlsplit(head.split(" ")[1]).query)
        page = b"<h1>You may close this window</h1>"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page))
        writer.close()
        self._callbacks.put_nowait({name: values[0] for name, values in query.items()})

    async def _note(self, response: httpx2.Response) -> None:
        if str(response.url) == self._settings["url"]:
            challenge = response.headers.get("www-authenticate")
            self._answers.append({"status": response.status_code, "challenge": challenge})


def asking_for(url: str, scope: str) -> str:
    """The same request for another scope: what an application does that begins with little."""
    base, _, query = url.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    return f"{base}?{urlencode({**asked, 'scope': scope})}"


async def main() -> None:
    """Until stdin ends. Each client obeys its own commands, beside the others."""
    lines = await asyncio.get_running_loop().connect_read_pipe(
        partial(asyncio.StreamReaderProtocol, reader := asyncio.StreamReader()), sys.stdin
    )
    inboxes: dict[str, MemoryObjectSendStream[Command]] = {}
    async with anyio.create_task_group() as clients:
        while line := await reader.readline():
            command = json.loads(line)
            if command["do"] == "start":
                inboxes[command["client"]], inbox = anyio.create_memory_object_stream[Command](100)
                application = Application(command["client"], command)
                clients.start_soon(application.serve, inbox)
            else:
                inboxes[command["client"]].send_nowait(command)
        clients.cancel_scope.cancel()
    lines[0].close()


if __name__ == "__main__":
    anyio.run(main)
