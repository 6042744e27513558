"""What a running tool may ask of whoever called it: questions, their answers, and who carries them."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from concurrent import futures
from dataclasses import dataclass
from threading import get_ident
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.toolkits.errors import ToolError

T = TypeVar("T")
MISSING_CAPABILITY: Final = "missing_capability"
Action = Literal["accept", "decline", "cancel"]


class MissingCapability(ToolError):  # noqa: N818 - reads as the state it reports
    """The client did not say that it can be asked this. Unless the tool catches it, the call is refused with what the
    client would have to declare."""

    def __init__(self, required: dict[str, Any]) -> None:
        super().__init__(
            f"This tool asks its caller for something ({', '.join(required)}) that your client does not offer. "
            "Use a client that does, and switch it on there.",
            MISSING_CAPABILITY,
            requiredCapabilities=required,
        )


class InputFailed(ToolError):  # noqa: N818 - reads as the state it reports
    """The client could not answer, answered what is no answer, or took too long; the message says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "input_failed")


@dataclass(frozen=True, slots=True)
class Ask:
    """Has a parameter of a tool filled in by a person before the function begins: `Annotated[Form, Ask("Who is it?")]`.

    Clients can't send it as an argument. Where the form is declined or dismissed, a parameter that may be None is None,
    and any other ends the call. `key` is the question's name within the call; the parameter's, unless it is given.
    """

    message: str
    key: str | None = None


class Asker(Protocol):
    """Who carries the questions of one call to its client."""

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client declared for this call (`ClientCapabilities`)."""

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        """The client's answer, checked (`mcp_runtime.input.answers.check_answer`). On the loop of the call. `key` names
        the question within the call. Raises InputFailed, or CancelledError where the call ends here: it is begun anew
        once the answer is there."""


class Returning(Protocol):
    """An Asker of calls that end with their questions, and are begun anew once these are answered."""

    kept: dict[str, Any]
    """What the function wants to find again when it is begun anew. JSON; whoever called carries it, sealed."""

    @property
    def is_ending(self) -> bool:
        """Whether the call ends just now with a question, to be begun anew."""


@dataclass(frozen=True, slots=True)
class Elicited(Generic[T]):
    """What a person did with a question. `value` is there where they accepted a form; only then."""

    action: Action
    value: T | None = None

    @property
    def accepted(self) -> bool:
        """They agreed, and sent what was asked for."""
        return self.action == "accept"


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the client's model wrote. `content` are its blocks as the specification has them."""

    role: str
    content: list[dict[str, Any]]
    model: str
    stop_reason: str | None = None

    @property
    def text(self) -> str:
        """The text blocks, joined by line feeds."""
        return "\n".join(str(block.get("text", "")) for block in self.content if block.get("type") == "text")


@dataclass(frozen=True, slots=True)
class Root:
    """A directory or file that the client works with; its URI starts with `file://`."""

    uri: str
    name: str | None = None


class Asking(Generic[T]):
    """A question on its way: `await` it in an `async def` tool, `.wait()` for it in a `def` one."""

    __slots__ = ("_ask", "_loop", "_loop_thread")

    def __init__(self, ask: Callable[[], Awaitable[T]], loop: asyncio.AbstractEventLoop, loop_thread: int) -> None:
        self._ask, self._loop, self._loop_thread = ask, loop, loop_thread

    def __await__(self) -> Generator[Any, Any, T]:
        return self._ask().__await__()

    def wait(self) -> T:
        """The answer, for a tool that runs in a thread. Raises what awaiting raises, and Cancelled where the call ends
        here."""
        if get_ident() == self._loop_thread:
            raise RuntimeError("in an `async def` function questions are awaited: there `.wait()` would stop the loop")

        async def ask() -> T:
            return await self._ask()

        try:
            return asyncio.run_coroutine_threadsafe(ask(), self._loop).result()
        except futures.CancelledError:
            raise _Cancelled("the call goes on once the answer is there") from None


class _Cancelled(BaseException):
    """Leaves a thread, whatever the function catches: what it returns is not wanted."""
