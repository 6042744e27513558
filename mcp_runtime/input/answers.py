"""What a client has answered, before any of it reaches a tool: it comes from outside, whatever its form promises."""

from typing import Any, Final

import jsonschema_rs
import msgspec
from msgspec import Struct, field

from mcp_runtime.contract.input import ELICITATION, SAMPLING, InputRequest

ANSWER_BYTES: Final = 256 * 1024
"""The longest answer to one question, as JSON."""

ROOTS_AT_MOST: Final = 1_000


class _Elicited(Struct):
    action: str
    content: dict[str, Any] | None = None


class _Sampled(Struct):
    role: str
    content: dict[str, Any] | list[dict[str, Any]]
    model: str
    stop_reason: str | None = field(name="stopReason", default=None)


class _Root(Struct):
    uri: str
    name: str | None = None


class _Roots(Struct):
    roots: list[_Root]


class UnusableAnswer(ValueError):  # noqa: N818 - reads as the state it reports
    """This is no answer to what was asked; the message says why."""


def check_answer(request: InputRequest, answer: Any) -> dict[str, Any]:
    """The answer, without what the specification does not have in it. Raises UnusableAnswer."""
    if len(msgspec.json.encode(answer)) > ANSWER_BYTES:
        raise UnusableAnswer(f"it is longer than {ANSWER_BYTES} bytes")
    try:
        if request.method == ELICITATION:
            return _elicited(request, msgspec.convert(answer, _Elicited))
        if request.method == SAMPLING:
            return _sampled(msgspec.convert(answer, _Sampled))
        return _roots(msgspec.convert(answer, _Roots))
    except msgspec.ValidationError as error:
        raise UnusableAnswer(str(error)) from error


def _elicited(request: InputRequest, answer: _Elicited) -> dict[str, Any]:
    if answer.action not in ("accept", "decline", "cancel"):
        raise UnusableAnswer("its action is none of accept, decline, cancel")
    if answer.action != "accept" or request.params.get("mode") == "url":
        return {"action": answer.action}
    content = answer.content if answer.content is not None else {}
    schema = request.params["requestedSchema"]
    problem = next(iter(jsonschema_rs.iter_errors(schema, content, validate_formats=True)), None)
    if problem is not None:
        where = "/".join(map(str, problem.instance_path)) or "it"
        raise UnusableAnswer(f"its content does not fit the requested schema: {where}: {problem.message}"[:300])
    return {"action": "accept", "content": content}


def _sampled(answer: _Sampled) -> dict[str, Any]:
    blocks = answer.content if isinstance(answer.content, list) else [answer.content]
    if not all(type(block.get("type")) is str for block in blocks):
        raise UnusableAnswer("a block of its content has no type")
    kept = {"role": answer.role, "content": answer.content, "model": answer.model}
    return kept if answer.stop_reason is None else {**kept, "stopReason": answer.stop_reason}


def _roots(answer: _Roots) -> dict[str, Any]:
    if len(answer.roots) > ROOTS_AT_MOST:
        raise UnusableAnswer(f"it has more than {ROOTS_AT_MOST} roots")
    if not all(root.uri.startswith("file://") for root in answer.roots):
        raise UnusableAnswer("a root is no file:// URI")
    named = [{"uri": root.uri} if root.name is None else {"uri": root.uri, "name": root.name} for root in answer.roots]
    return {"roots": named}
