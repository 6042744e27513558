"""Is an answer one that the protocol allows for this body? Judged from the bytes alone, by a reader of its own."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, NoReturn

from mcp_runtime.wire.errors import TABLE
from tests.fuzz.cases import Case
from tests.fuzz.connection import Reply
from tests.fuzz.official import notification_fits, requests, response_fits, result_fits

BEFORE_THE_BODY: Final = frozenset(
    {
        *("unauthenticated", "not_found", "method_not_allowed", "unsupported_media_type", "body_too_large"),
        *("host_not_allowed", "origin_not_allowed", "address_not_allowed", "insufficient_scope"),
    }
)
"""Reasons to refuse a request of which nothing but its head was read, and so no id."""

NONE: Final = "none"
LONGEST_ID: Final = 512


@dataclass(frozen=True, slots=True)
class Meant:
    """What a body is, for a strict reader: `ids` are those of its requests. `methods` has the method of each."""

    is_readable: bool
    ids: tuple[Any, ...] = ()
    methods: tuple[str, ...] = ()
    is_batch: bool = False


class AmbiguousError(ValueError):
    """A name is there twice."""


def read_strictly(body: bytes) -> Any:
    """The JSON of a body; raises ValueError where it is none in UTF-8, or a name is there twice in an object."""
    text = body.decode("utf-8")
    value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_float=_finite)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    return value


def meaning(body: bytes) -> Meant:
    """What the body asks for."""
    try:
        value = read_strictly(body)
    except (ValueError, RecursionError):
        return Meant(False)
    messages = value if isinstance(value, list) else [value]
    asked = [each for each in messages if isinstance(each, dict) and "method" in each and "id" in each]
    ids = tuple(each["id"] for each in asked)
    return Meant(True, ids, tuple(str(each["method"]) for each in asked), isinstance(value, list))


def faults(case: Case, reply: Reply) -> list[str]:
    """Everything that is wrong with an answer."""
    if reply.status >= 500:
        return [f"status {reply.status}"]
    meant, kind = meaning(case.body), reply.headers.get(b"content-type", b"")
    if reply.status == 202:
        return _accepted(meant, reply)
    try:
        messages = _messages(kind, reply.body)
    except ValueError as error:
        return [f"no answer of the protocol ({kind.decode('latin-1')}): {error}"]
    found = [fault for message in messages for fault in _message(case, meant, reply.status, message)]
    return found + _ids(meant, messages, reply)


def _accepted(meant: Meant, reply: Reply) -> list[str]:
    found = ["202 with a body"] if reply.body else []
    return [*found, "202 for a request"] if meant.ids or not meant.is_readable else found


def _messages(kind: bytes, body: bytes) -> list[Any]:
    if kind == b"application/json":
        return [read_strictly(body)]
    if kind == b"text/event-stream":
        lines = [line[5:].strip() for line in body.split(b"\n") if line.startswith(b"data:")]
        return [read_strictly(line) for line in lines if line]
    raise ValueError("unknown content type")


def _message(case: Case, meant: Meant, status: int, message: Any) -> Iterator[str]:
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        yield f"no message: {message!r:.200}"
    elif "method" in message:
        if not notification_fits(case.revision, message):
            yield f"not as the schema has it: {message!r:.600}"
    elif not response_fits(case.revision, message):
        yield f"no response as the schema has it: {message!r:.600}"
    elif "error" in message:
        yield from _error(status, message["error"])
    else:
        yield from _result(case, meant, status, message)


def _error(status: int, error: Any) -> Iterator[str]:
    row = TABLE.get(error.get("data", {}).get("type", ""))
    if row is None:
        yield f"an error that is in no table: {error!r:.300}"
    elif error["code"] not in (row.code, row.legacy_code):
        yield f"{error['code']} for {error['data']['type']}"
    elif status not in (200, row.modern_status, row.legacy_status):
        yield f"status {status} for {error['data']['type']}"


def _result(case: Case, meant: Meant, status: int, message: Any) -> Iterator[str]:
    if status != 200:
        yield f"a result with status {status}"
    asked = [method for method, each in zip(meant.methods, meant.ids, strict=True) if _same(each, message["id"])]
    known = requests(case.revision)
    if asked and not any(method in known and result_fits(case.revision, method, message["result"]) for method in asked):
        yield f"no result of {asked[0]}: {message['result']!r:.600}"


def _ids(meant: Meant, messages: list[Any], reply: Reply) -> list[str]:
    """Every request is answered once, under its own id; what can't be read gets an error without one."""
    responses = [each for each in messages if isinstance(each, dict) and "method" not in each]
    answered = Counter(_key(each.get("id", NONE) if "id" in each else None) for each in responses)
    refused = len(responses) == 1 and "error" in responses[0] and "id" not in responses[0]
    if refused:
        return _nameless(meant, responses[0]["error"])
    expected = Counter(_key(each) for each in meant.ids)
    if not meant.is_readable or not expected:
        return _unasked(meant, responses)
    if answered == expected or (reply.is_left_open and not answered):
        return []
    return [f"answers {sorted(map(repr, answered))} to {sorted(map(repr, expected))}"]


def _nameless(meant: Meant, error: Any) -> list[str]:
    reason = error.get("data", {}).get("type")
    readable = meant.is_readable and not meant.is_batch and meant.ids and _is_id(meant.ids[0])
    if readable and reason not in BEFORE_THE_BODY:
        return [f"{reason} without the id {meant.ids[0]!r:.100}"]
    return []


def _unasked(meant: Meant, responses: list[Any]) -> list[str]:
    """A body with no request in it: a refusal may name the id that a response or half a message has."""
    if all("error" in each for each in responses) and len(responses) == 1:
        return []
    return [f"{len(responses)} answers to what asks nothing"]


def _is_id(value: Any) -> bool:
    return type(value) in (str, int) and len(str(value)) <= LONGEST_ID


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _key(value: Any) -> tuple[str, str]:
    return type(value).__name__, repr(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise AmbiguousError("a name is there twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    return value if isfinite(value) else _refuse(digits)
