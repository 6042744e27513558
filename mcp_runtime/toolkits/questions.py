"""The questions that a running tool, resource or prompt may ask of whoever called it.

In 2026-07-28 a call that asks ends with its question, and the client calls again with the answer: the function then
runs from its beginning, and what was answered is answered at once. So ask first, and act after; what comes before a
question must do no harm when it is done twice. Elsewhere the function waits where it asks.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar, cast, overload

import msgspec

from mcp_runtime.contract.input import (
    ELICITATION,
    KEY_LENGTH,
    QUESTIONS_AT_MOST,
    ROOTS,
    SAMPLING,
    InputRequest,
    missing_capability,
)
from mcp_runtime.toolkits.asking import (
    Asker,
    Asking,
    Elicited,
    InputFailed,
    MissingCapability,
    Returning,
    Root,
    Sampled,
)
from mcp_runtime.toolkits.question_rules import check_form, check_page, check_strangers_form
from mcp_runtime.toolkits.requested_schema import requested_schema

T = TypeVar("T")
_NAMES: Final = {ELICITATION: "elicitation", SAMPLING: "sampling", ROOTS: "roots"}


class Questions:
    """The part of a Context that asks. Every question has a `key`, unique within its call; one is made where none is
    given, from the order in which questions are asked, so give keys where that order may differ from run to run."""

    __slots__ = ("_asked", "_asker", "_loop", "_loop_thread", "answered", "kept")

    def __init__(self, asker: Asker | None, loop: asyncio.AbstractEventLoop, loop_thread: int) -> None:
        self._asker, self._loop, self._loop_thread = asker, loop, loop_thread
        self._asked: set[str] = set()
        self.answered: Mapping[str, Any] = {}
        """The parameters that were asked for before the function began (`Ask`), by name."""
        returning = _returning(asker)
        self.kept: dict[str, Any] = {} if returning is None else returning.kept
        """What is found again when the call is begun anew with the answers to its questions; see `Returning`."""

    @property
    def client_capabilities(self) -> Mapping[str, Any]:
        """What the client says that it can do, as the specification has it (`ClientCapabilities`)."""
        return {} if self._asker is None else self._asker.capabilities

    @overload
    def elicit(self, message: str, form: type[T], *, key: str | None = None) -> Asking[Elicited[T]]: ...

    @overload
    def elicit(self, message: str, form: dict[str, Any], *, key: str | None = None) -> Asking[Elicited[Any]]: ...

    def elicit(self, message: str, form: Any, *, key: str | None = None) -> Asking[Elicited[Any]]:
        """Ask a person to fill in a form (MCP client/elicitation, form mode). `form` is a dataclass, TypedDict or
        msgspec.Struct with plain fields, or a schema in the specification's subset of JSON Schema; the value comes as
        such. Never ask for a password or a key so: that is what `elicit_url` is for.

        Raises MissingCapability, InputFailed; TypeError on a form that the specification has no fields for, or that
        asks for a secret.
        """
        schema = _checked(form) if isinstance(form, dict) else _form(form)
        request = InputRequest(ELICITATION, {"mode": "form", "message": message, "requestedSchema": schema})

        async def ask() -> Elicited[Any]:
            answer = await self._ask(key, request)
            if answer["action"] != "accept":
                return Elicited(answer["action"])
            content = answer["content"]
            return Elicited("accept", content if isinstance(form, dict) else msgspec.convert(content, form))

        return Asking(ask, self._loop, self._loop_thread)

    def elicit_url(self, message: str, url: str, *, key: str | None = None) -> Asking[Elicited[None]]:
        """Ask a person to open a page, for what must not pass through the client (MCP client/elicitation, URL mode).
        That they accept says that they agreed to open it, not that they are done there. The page must find out by
        itself who opens it. Raises MissingCapability, InputFailed; ValueError on a URL that is none of https, or that
        has a credential in it."""
        check_page(url)
        request = InputRequest(ELICITATION, {"mode": "url", "message": message, "url": url})

        async def ask() -> Elicited[None]:
            return Elicited((await self._ask(key, request))["action"])

        return Asking(ask, self._loop, self._loop_thread)

    def sample(
        self,
        messages: str | Sequence[dict[str, Any]],
        *,
        max_tokens: int,
        system: str | None = None,
        temperature: float | None = None,
        stop_sequences: Sequence[str] = (),
        preferences: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Asking[Sampled]:
        """Have the client's model write something (MCP client/sampling; deprecated as of 2026-07-28). `messages` is
        what a user would say, or a list of the specification's SamplingMessage. Raises MissingCapability, InputFailed.
        """
        said = [_user(messages)] if isinstance(messages, str) else list(messages)
        optional = {
            "systemPrompt": system,
            "temperature": temperature,
            "stopSequences": list(stop_sequences) or None,
            "modelPreferences": preferences,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        request = InputRequest(SAMPLING, {"messages": said, "maxTokens": max_tokens, **given})

        async def ask() -> Sampled:
            answer = await self._ask(key, request)
            content = answer["content"]
            blocks = content if isinstance(content, list) else [content]
            return Sampled(answer["role"], blocks, answer["model"], answer.get("stopReason"))

        return Asking(ask, self._loop, self._loop_thread)

    def roots(self, *, key: str | None = None) -> Asking[list[Root]]:
        """Ask which directories the client works with (MCP client/roots; deprecated as of 2026-07-28). Raises
        MissingCapability, InputFailed."""

        async def ask() -> list[Root]:
            answer = await self._ask(key, InputRequest(ROOTS, {}))
            return [Root(root["uri"], root.get("name")) for root in answer["roots"]]

        return Asking(ask, self._loop, self._loop_thread)

    @property
    def is_ending(self) -> bool:
        """Whether the call ends just now with a question, to be begun anew with the answer."""
        returning = _returning(self._asker)
        return returning is not None and returning.is_ending

    async def relay(self, request: InputRequest, *, key: str | None = None) -> dict[str, Any]:
        """Ask what somebody else asks, as they put it; the answer as the client gave it, once it was found to be one.
        For whoever stands between. Raises MissingCapability, InputFailed; TypeError and ValueError on a question that
        no client may be asked."""
        if request.method == ELICITATION and request.params.get("mode") == "url":
            check_page(str(request.params.get("url", "")))
        elif request.method == ELICITATION:
            check_strangers_form(request.params.get("requestedSchema"))
        return await self._ask(key, request)

    async def _ask(self, key: str | None, request: InputRequest) -> dict[str, Any]:
        if missing := missing_capability(self.client_capabilities, request):
            raise MissingCapability(missing)
        assert self._asker is not None  # noqa: S101 - without one there are no capabilities
        return await self._asker.ask(self._name(key, request), request)

    def _name(self, key: str | None, request: InputRequest) -> str:
        name = key if key is not None else f"{_NAMES[request.method]}-{len(self._asked) + 1}"
        if not 0 < len(name) <= KEY_LENGTH:
            raise ValueError(f"the key of a question has 1 to {KEY_LENGTH} characters")
        if name in self._asked:
            raise ValueError(f"two questions of one call have the key {name!r}")
        if len(self._asked) >= QUESTIONS_AT_MOST:
            raise InputFailed(f"One call asks {QUESTIONS_AT_MOST} questions at most.")
        self._asked.add(name)
        return name


def _returning(asker: Asker | None) -> Returning | None:
    # By its one attribute: asking a protocol costs more than all the rest of a context.
    return cast(Returning, asker) if hasattr(asker, "kept") else None


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": {"type": "text", "text": text}}


def _checked(form: dict[str, Any]) -> dict[str, Any]:
    check_form(form)
    return form


@cache
def _form(form: type[Any]) -> dict[str, Any]:
    return requested_schema(form)
