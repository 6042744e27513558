"""The bodies that are sent, each made from a seed and its number alone: by a revision's grammar, then often changed."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

import msgspec

from tests.fuzz import mutations
from tests.fuzz.desk import JOBS, TOOLS
from tests.fuzz.instances import TEXTS, Instances, Vocabulary, anything
from tests.fuzz.official import LEGACY, MODERN, TASK_RESULTS, TASKS, JsonSchema, definitions, requests
from tests.mcp_runtime.cast import ADA

VERSION: Final = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES: Final = "io.modelcontextprotocol/clientCapabilities"
WITH_TASKS: Final = {"extensions": {"io.modelcontextprotocol/tasks": {}}}
SESSION: Final = b"<session>"
"""Stands in a header for the id of a session that is open."""

STATE: Final = "<state>"
"""Stands in a body for the state that a question was last asked with."""

GUEST: Final = {"guest": {"action": "accept", "content": {"name": "Max", "dish": "cake"}}}
TOAST: Final = {"toast": {"role": "assistant", "content": {"type": "text", "text": "Cheers"}, "model": "m"}}
IDS: Final = (0, -1, 2**53 - 1, 2**53 + 1, 2**63, 2**64, -(2**70), "", "0", "ü 😀", "x" * 512, "x" * 513, "\0", "null")
_RESPONSES: Final = ("ElicitResult", "CreateMessageResult", "ListRootsResult", "Result", "EmptyResult")
_NAMED: Final = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    **dict.fromkeys(TASK_RESULTS, "taskId"),
}
_PROMPTS: Final = ("guide", "gallery", "nothing")
_URIS: Final = (
    "shelf://motto",
    "shelf://stamp",
    "shelf://pair",
    "shelf://books/sea",
    "shelf://closed",
    "shelf://no",
    "no uri",
)
VOCABULARY: Final[Vocabulary] = {
    "name": (*(tool.name for tool in TOOLS), *_PROMPTS, "country", "town", "title"),
    "uri": (*_URIS, "shelf://books/{title}", *(f"job://{job_id}" for job_id in JOBS)),
    "taskId": (*JOBS, "01980000-0000-7000-8000-00000000ffff", "nothing"),
    "requestId": ("nobody's", 10**9),
    "cursor": ("nothing", *JOBS),
    "protocolVersion": (*LEGACY, MODERN, "2024-11-05", "later"),
    "requestState": (STATE, STATE, STATE, "made-up", "", "AAAA"),
    "inputResponses": (
        {},
        GUEST,
        {"guest": {"action": "decline"}},
        TOAST,
        {"roots": {"roots": [{"uri": "file:///a"}]}},
    ),
    VERSION: (*(MODERN,) * 40, *LEGACY, "later"),
    CAPABILITIES: ({}, WITH_TASKS, {"elicitation": {"form": {}}}, {"elicitation": {}, "sampling": {}, "roots": {}}),
}

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """One POST. `revision` is what its sender means to speak."""

    revision: str
    number: int
    body: bytes
    headers: tuple[Header, ...]


def make_case(seed: int, era: str, number: int) -> Case:
    """The case of this number; always the same one."""
    random = Random(f"{seed} {era} {number}")  # noqa: S311 - it must be the same again
    revision = MODERN if era == "modern" else LEGACY[number % len(LEGACY)]
    message = _message(random, revision, number)
    headers = _headers(random, revision, message)
    body = _body(random, message)
    return Case(revision, number, body, headers)


def _body(random: Random, message: Any) -> bytes:
    dice = random.random()
    if dice < 0.5:
        return mutations.encoded(random, message)
    if dice < 0.75:
        message = json.loads(json.dumps(message))  # parts of it are the vocabulary's own
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            message = mutations.mutate_value(random, message)
        return mutations.encoded(random, message)
    body = mutations.encoded(random, message)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        body = mutations.mutate_bytes(random, body)
    return body


def _message(random: Random, revision: str, number: int) -> Any:
    dice = random.random()
    if dice < 0.04:
        return _made(random, revision, "ClientNotification")
    if dice < 0.09:
        return _response(random, revision, number)
    if dice < (0.2 if revision == "2025-03-26" else 0.11):
        count = random.choice((1, 2, 3, 51)) if revision == "2025-03-26" else 2
        return [_request(random, revision, f"{number}/{index}") for index in range(count)]
    return _request(random, revision, number)


def _request(random: Random, revision: str, number: int | str) -> dict[str, Any]:
    methods = requests(revision)
    method = "tools/call" if random.random() < 0.35 else random.choice(list(methods))
    params: Any = _made(random, TASKS if revision == MODERN and method in TASK_RESULTS else revision, methods[method])
    params = params.get("params", {})
    if method == "tools/call" and random.random() < 0.9:
        tool = random.choice(TOOLS)
        params.update(name=tool.name, arguments=_arguments(random, tool.input_schema))
        if tool.name == "ask" and revision == MODERN:
            _answer(random, params)
    if revision == MODERN and "_meta" not in params:
        params["_meta"] = {VERSION: MODERN, CAPABILITIES: WITH_TASKS}
    request_id = number if random.random() < 0.85 else random.choice((*IDS, anything(random)))
    message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
    if random.random() < 0.02:
        message["method"] = random.choice((*TEXTS, "tools/Call", "tools/call/", " ping", "rpc.discover"))
    return message


def _answer(random: Random, params: dict[str, Any]) -> None:
    """Of a client that can be asked; half of the time it was, and answers."""
    params["_meta"] = {**params["_meta"], CAPABILITIES: {"elicitation": {}, "sampling": {}, "roots": {}}}
    params.pop("requestState", None)
    if random.random() < 0.5:
        params.update(requestState=STATE, inputResponses=random.choice(VOCABULARY["inputResponses"]))


def _arguments(random: Random, schema: JsonSchema) -> Any:
    return Instances(schema.get("$defs", {}), {}).make(random, schema)


def _response(random: Random, revision: str, number: int) -> dict[str, Any]:
    if random.random() < 0.3:
        return {"jsonrpc": "2.0", "id": number, "error": {"code": -32603, "message": random.choice(TEXTS)}}
    known = definitions(revision)
    name = random.choice([name for name in _RESPONSES if name in known])
    return {"jsonrpc": "2.0", "id": number, "result": _made(random, revision, name)}


@cache
def _instances(revision: str) -> Instances:
    return Instances(definitions(revision), VOCABULARY)


def _made(random: Random, revision: str, definition: str) -> Any:
    schema = definitions(revision)[definition]
    made = _instances(revision).make(random, schema)
    return {"jsonrpc": "2.0", **made} if definition == "ClientNotification" else made


def _headers(random: Random, revision: str, message: Any) -> tuple[Header, ...]:
    given: dict[bytes, bytes] = {
        b"host": b"localhost",
        b"authorization": b"Bearer " + ADA.encode(),
        b"content-type": b"application/json",
        b"accept": b"application/json, text/event-stream",
    }
    is_one = isinstance(message, dict)
    if revision == MODERN:
        given.update(mirrors(message) if is_one else {})
    else:
        given[b"mcp-protocol-version"] = revision.encode()
        if not is_one or message.get("method") != "initialize":
            given[b"mcp-session-id"] = SESSION
    if random.random() < 0.06:
        name = random.choice([name for name in given if name not in (b"host", b"authorization")])
        random.choice(HEADER_MUTATIONS)(random, given, name)
    return tuple(given.items())


def mirrors(message: dict[str, Any]) -> dict[bytes, bytes]:
    """The headers of 2026-07-28 that say what the message says."""
    params = message.get("params", {})
    found = {
        b"mcp-protocol-version": params.get("_meta", {}).get(VERSION, MODERN),
        b"mcp-method": message.get("method"),
    }
    name = params.get(_NAMED.get(str(message.get("method")), ""))
    if name is not None:
        found[b"mcp-name"] = name
    if params.get("name") == "file" and isinstance(params.get("arguments"), dict):
        for argument in ("region", "limit", "dry"):
            if argument in params["arguments"]:
                found[f"mcp-param-{argument}".encode()] = params["arguments"][argument]
    return {header: mirrored(value) for header, value in found.items() if value is not None}


def mirrored(value: Any) -> bytes:
    """A value as a header has it, in base64 where it must be."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    plain = text.isascii() and text.isprintable() and text.strip() == text and not text.startswith("=?base64?")
    return text.encode() if plain else b"=?base64?" + base64.b64encode(text.encode("utf-8", "replace")) + b"?="


def _leave_out(_: Random, headers: dict[bytes, bytes], name: bytes) -> None:
    del headers[name]


def _change(random: Random, headers: dict[bytes, bytes], name: bytes) -> None:
    words = (
        b"",
        b"ping",
        b"x" * 600,
        headers[name].upper(),
        headers[name] + b", " + headers[name],
        b"\xc3\xa4",
        b"*/*",
    )
    headers[name] = random.choice((*words, b"=?base64?" + base64.b64encode(headers[name]) + b"?=", b"2024-11-05"))


HEADER_MUTATIONS: Final[tuple[Callable[[Random, dict[bytes, bytes], bytes], None], ...]] = (_leave_out, _change)
