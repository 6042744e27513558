"""Other people's clients with their own OAuth, as a test drives them: many of each SDK in one process.

What a client asks of its user's browser is passed to whoever is at it, and so happens in the test.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final, NamedTuple

from tests.end_to_end.client_hosts import PYTHON, LineHost, spoken_with
from tests.end_to_end.oauth.installation import BOUND_SECONDS
from tests.end_to_end.transcripts import CLIENTS, LEGACY, MODERN
from tests.fixtures.waiting import until

PATIENCE_SECONDS: Final = 60.0
SIGN_IN: Final = "The user has to sign in."
"""What a client tells its user who would have to be at the browser."""
DESCRIBED: Final = "https://client.example/oauth/client.json"
SDKS: Final = ("python", "typescript_v1", "typescript_v2")
AtTheBrowser = Callable[[str], object]
StartClient = Callable[..., "RealClient"]
numbers: Final = itertools.count(1)


class Kind(NamedTuple):
    """One SDK in one mode, which makes itself known in one way; and how it spells its own host."""

    sdk: str
    mode: str
    known_by: str
    callback_host: str

    def __str__(self) -> str:
        return f"{self.sdk}-{self.mode}-{self.known_by}"

    @property
    def era(self) -> str:
        """The revision that it agrees on with the server."""
        return LEGACY if self.mode == "legacy" else MODERN


KINDS: Final = (
    Kind("python", "auto", "registration", "127.0.0.1"),
    Kind("python", "legacy", "document", "localhost"),
    Kind("typescript_v1", "legacy", "registration", "localhost"),
    Kind("typescript_v1", "legacy", "document", "127.0.0.1"),
    Kind("typescript_v2", "modern", "registration", "127.0.0.1"),
    Kind("typescript_v2", "auto", "document", "localhost"),
)
BY_REGISTRATION: Final = tuple(kind for kind in KINDS if kind.known_by == "registration")


class ClientError(Exception):
    """What the client told its user instead of a result."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


class RealClient:
    """One client of one user."""

    def __init__(self, name: str, send: Callable[[dict[str, Any]], None], inbox: "Queue[dict[str, Any]]") -> None:
        self._name, self._send, self._inbox = name, send, inbox

    def ask(self, what: str, at_the_browser: AtTheBrowser | None = None, **options: Any) -> Any:
        """Have it do something, to the end. Raises ClientError. Nobody is at the browser unless said so."""
        self.begin(what, alone=at_the_browser is None, **options)
        return self.result(at_the_browser=at_the_browser)

    def begin(self, what: str, **options: Any) -> None:
        """Have it do something, without waiting."""
        self._send({"client": self._name, "do": what, **options})

    def result(self, seconds: float = PATIENCE_SECONDS, at_the_browser: AtTheBrowser | None = None) -> Any:
        """What became of it. Raises ClientError, or TimeoutError when nothing has within so many seconds."""
        while True:
            message = self._next(seconds)
            if "open" in message:
                assert at_the_browser is not None, message
                at_the_browser(message["open"])
            elif "error" in message:
                raise ClientError(**message["error"])
            elif "result" in message:
                return message["result"]

    def until_progress(self) -> None:
        """Return as soon as the call that has begun reports something."""
        message = self._next(PATIENCE_SECONDS)
        assert "progress" in message, message

    def says(self, tool: str, at_the_browser: AtTheBrowser | None = None, **arguments: Any) -> str:
        """The text that a tool answers with. Raises ClientError."""
        result = self.ask("call", at_the_browser, tool=tool, arguments=arguments)
        assert not result.get("isError"), result
        return str(result["content"][0]["text"])

    def told_within_the_bound(self) -> str:
        """What it tells its user when it calls a tool, nobody being at the browser, as soon as it is refused.

        Every replica knows of every change within five seconds; raises TimeoutError where it still gets through then.
        """
        messages: list[str] = []

        def is_refused() -> bool:
            try:
                self.says("look")
            except ClientError as error:
                messages.append(error.message)
            return bool(messages)

        until(is_refused, BOUND_SECONDS)
        return messages[0]

    def stored(self) -> dict[str, Any]:
        """The tokens that it keeps, and the id that it goes by."""
        return dict(self.ask("stored"))

    def answers(self) -> list[dict[str, Any]]:
        """Status and challenge of what its MCP server has answered it since this was asked before."""
        return list(self.ask("answers"))

    def statuses(self) -> list[int]:
        """The statuses among them."""
        return [answer["status"] for answer in self.answers()]

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            return self._inbox.get(timeout=seconds)
        except Empty:
            raise TimeoutError(f"{self._name} has said nothing for {seconds:g} s") from None


class Host(LineHost):
    """A process with clients of one SDK."""

    addressed_by = "client"

    def start(self, url: str, kind: Kind, name: str = "Editor", **settings: Any) -> RealClient:
        """A new client with nothing stored, for one server."""
        client = f"{kind}-{next(numbers)}"
        self._inboxes[client] = Queue()
        known = {"metadata_url": DESCRIBED} if kind.known_by == "document" else {}
        described = {"url": url, "mode": kind.mode, "name": name, "callback_host": kind.callback_host}
        self._send({"client": client, "do": "start", **described, **known, **settings})
        return RealClient(client, self._send, self._inboxes[client])


@contextmanager
def hosted(sdk: str, node: Path, log: Path) -> Iterator[Host]:
    """A process for clients of this SDK; what it complains of goes to the log."""
    python = (sys.executable, "-m", "tests.end_to_end.clients.python_oauth_client")
    script = (str(node), str(CLIENTS / f"{sdk.replace('_', '_oauth_')}.mjs"))
    with spoken_with(sdk, python if sdk == PYTHON else script, log) as process:
        yield Host(process)
