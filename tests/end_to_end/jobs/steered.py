"""Other people's clients, steered by a test: many of one SDK in one process, each doing many things at once."""

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final, NamedTuple

from tests.end_to_end.client_hosts import PYTHON, LineHost, spoken_with
from tests.end_to_end.transcripts import CLIENTS, LEGACY, MODERN
from tests.fixtures.live import Endpoint

PATIENCE_SECONDS: Final = 60.0
Message = dict[str, Any]
StartClient = Callable[..., "SteeredClient"]
numbers: Final = itertools.count(1)


class Kind(NamedTuple):
    """One SDK in one mode."""

    sdk: str
    mode: str

    def __str__(self) -> str:
        return f"{self.sdk}-{self.mode}"

    @property
    def is_legacy(self) -> bool:
        """Whether it needs a session."""
        return self.mode == "legacy"

    @property
    def era(self) -> str:
        """The revision that it agrees on with the server."""
        return LEGACY if self.is_legacy else MODERN


KINDS: Final = (
    Kind("python", "modern"),
    Kind("python", "legacy"),
    Kind("typescript-1", "legacy"),
    Kind("typescript-2", "modern"),
    Kind("typescript-2", "legacy"),
)
MODERN_KINDS: Final = tuple(kind for kind in KINDS if not kind.is_legacy)
LEGACY_KINDS: Final = tuple(kind for kind in KINDS if kind.is_legacy)


class ClientError(Exception):
    """What the client told its user instead of a result."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


class Running:
    """Something that a client is doing. `progress` has the reports that came so far."""

    def __init__(self, number: int, send: Callable[[Message], None], inbox: "Queue[Message]") -> None:
        self._number, self._send, self._inbox = number, send, inbox
        self.progress: list[float] = []

    def until_progress(self) -> None:
        """Return as soon as it reports something more."""
        message = self._next(PATIENCE_SECONDS)
        assert "progress" in message, message
        self.progress.append(message["progress"])

    def cancel(self) -> None:
        """Give it up."""
        self._send({"number": self._number, "do": "cancel"})

    def result(self, seconds: float = PATIENCE_SECONDS) -> Any:
        """What became of it. Raises ClientError, or TimeoutError when nothing has been heard for so many seconds."""
        while True:
            message = self._next(seconds)
            if "error" in message:
                raise ClientError(**message["error"])
            if "result" in message:
                return message["result"]
            self.progress.append(message["progress"])

    def _next(self, seconds: float) -> Message:
        try:
            return self._inbox.get(timeout=seconds)
        except Empty:
            raise TimeoutError(f"nothing was heard for {seconds:g} s") from None


class SteeredClient:
    """One client of one server."""

    def __init__(self, name: str, host: "Host") -> None:
        self._name, self._host = name, host

    def begin(self, what: str, **options: Any) -> Running:
        """Have it do something, without waiting."""
        return self._host.begin({"client": self._name, "do": what, **options})

    def begin_call(self, tool: str, arguments: Message, *, progress: bool = False, **meta: Any) -> Running:
        """Have it call a tool; `meta` are keys of ours in the request's `_meta`."""
        keys = {f"io.atrium/{name}": value for name, value in meta.items()}
        return self.begin("call", tool=tool, arguments=arguments, progress=progress, meta=keys)

    def call(self, tool: str, arguments: Message, **options: Any) -> Message:
        """The result of a call. Raises ClientError."""
        return dict(self.begin_call(tool, arguments, **options).result())

    def read(self, uri: str) -> Message:
        """The contents of a resource that is JSON. Raises ClientError."""
        (contents,) = self.begin("read", uri=uri).result()["contents"]
        return dict(json.loads(contents["text"]))

    def job_result(self, job_id: str, wait_seconds: int = 50) -> Message:
        """What `get_job_result` answers."""
        return self.call("get_job_result", {"job_id": job_id, "wait_seconds": wait_seconds})

    def close(self) -> None:
        """Hang up in an orderly way."""
        self.begin("close").result()


class Host(LineHost):
    """A process with clients of one SDK."""

    addressed_by = "number"

    def start(self, endpoint: Endpoint, kind: Kind) -> SteeredClient:
        """A new client, connected."""
        client = SteeredClient(f"{kind}-{next(numbers)}", self)
        connecting = client.begin("connect", server=endpoint._asdict(), mode=kind.mode, name=str(kind))
        assert connecting.result() == kind.era
        return client

    def begin(self, command: Message) -> Running:
        """Send a command with a number of its own."""
        number = next(numbers)
        self._inboxes[number] = Queue()
        self._send({"number": number, **command})
        return Running(number, self._send, self._inboxes[number])

    def kill(self) -> None:
        """End it at once, with everything that its clients have open."""
        self._process.kill()
        self._process.wait()


@contextmanager
def hosted(sdk: str, node: Path, log: Path) -> Iterator[Host]:
    """A process for clients of this SDK; what it complains of goes to the log."""
    python = (sys.executable, "-m", "tests.end_to_end.clients.python_steered")
    script = (str(node), str(CLIENTS / f"{sdk.replace('-', '_v')}.mjs"), "steered")
    with spoken_with(sdk, python if sdk == PYTHON else script, log) as process:
        yield Host(process)
