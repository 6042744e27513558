"""JSON-RPC 2.0 messages: decoded once, typed; what does not decode is diagnosed into the specification's error."""

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from mcp_runtime.protocol.ambiguity import Spellings, find_repeated, repeats_names, repeats_outermost
from mcp_runtime.refusals import Refused, refuse

RequestId = str | int


class Params(Struct):
    """The parameters of every method Atrium serves; what a method doesn't know it ignores."""

    name: str | UnsetType = UNSET
    uri: str | UnsetType = UNSET
    arguments: dict[str, Any] | UnsetType = UNSET
    cursor: str | UnsetType | None = UNSET
    meta: dict[str, Any] | UnsetType = field(name="_meta", default=UNSET)
    level: str | UnsetType = UNSET
    ref: Any = UNSET
    argument: Any = UNSET
    context: Any = UNSET
    task: Any = UNSET
    task_id: str | UnsetType = field(name="taskId", default=UNSET)
    input_responses: dict[str, Any] | UnsetType = field(name="inputResponses", default=UNSET)
    request_state: str | UnsetType = field(name="requestState", default=UNSET)
    request_id: RequestId | UnsetType = field(name="requestId", default=UNSET)
    protocol_version: str | UnsetType = field(name="protocolVersion", default=UNSET)
    capabilities: dict[str, Any] | UnsetType = UNSET
    client_info: dict[str, Any] | UnsetType = field(name="clientInfo", default=UNSET)
    notifications: dict[str, Any] | UnsetType = UNSET


class Message(Struct):
    """A request (has `method` and `id`), a notification (no `id`), or a response (no `method`)."""

    jsonrpc: str
    method: str | UnsetType = UNSET
    id: RequestId | UnsetType = UNSET
    params: Params | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET

    @property
    def is_request(self) -> bool:
        """It has an id and a method: it wants an answer."""
        return self.id is not UNSET and self.method is not UNSET

    @property
    def meta(self) -> dict[str, Any]:
        """`params._meta`, or nothing."""
        if self.params is UNSET or self.params.meta is UNSET:
            return {}
        return self.params.meta


_decode = msgspec.json.Decoder(Message).decode
_decode_batch = msgspec.json.Decoder(list[Message]).decode
_decode_any = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode
NO_PARAMS: Final = Params()
_SPELLINGS: Final = Spellings(each.encode_name for each in msgspec.structs.fields(Params))
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ALIKE: Final = bytes.maketrans(b"{}", b"[]")
ID_LENGTH: Final = 512
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError)
"""What msgspec raises: the second for a string that is not UTF-8."""


def parse(body: bytes, depth: int) -> Message | list[Message]:
    """Decode a body: one message, or a batch (2025-03-26). Raises Refused with the specification's error.

    `depth` is how deep the JSON may nest.
    """
    try:
        message = _decode(body) if body[:1] == b"{" or body.lstrip()[:1] != b"[" else _decode_batch(body)
    except RecursionError as error:
        raise _too_deep(depth) from error
    except NOT_JSON as error:
        raise diagnose(body, str(error)) from error
    if body.count(b"{") + body.count(b"[") > depth and is_deeper(body, depth):
        raise _too_deep(depth)
    if (ambiguity := find_ambiguity(body)) is not None:
        raise refuse("invalid_request", ambiguity)
    if isinstance(message, Message):
        _check(message, body)
    else:
        for each in message:
            _check(each, body)
    return message


def find_ambiguity(body: bytes) -> str | None:
    """What different readers could read differently in a body that has been decoded, as a sentence; None where there is
    nothing. Raises Refused where it is not UTF-8 throughout, what nobody asks for included."""
    try:
        value = _decode_any(body)
    except NOT_JSON as error:
        raise diagnose(body, str(error)) from error
    if repeats_names(body, value):
        return f"The name {str(find_repeated(body))[:80]!r} is there more than once in one object. Send it once."
    for message in value if type(value) is list else (value,):
        if (variant := _SPELLINGS.find_variant(message)) is not None:
            return f"The name {variant[:80]!r} is one of the protocol's, spelled otherwise. Names are case-sensitive."
    return None


def _check(message: Message, body: bytes) -> None:
    if message.jsonrpc != "2.0" or (message.method is UNSET and message.result is UNSET and message.error is UNSET):
        raise diagnose(body, "not a JSON-RPC 2.0 message")
    if type(message.id) is str and len(message.id) > ID_LENGTH:
        raise refuse("invalid_request", f"The id of a request may have {ID_LENGTH} characters at most.")


def _too_deep(depth: int) -> Refused:
    return refuse("too_deep", f"The JSON nests deeper than {depth} levels.", limit=depth)


def diagnose(body: bytes, detail: str) -> Refused:
    """Why a body is no message: broken JSON, no JSON-RPC, or parameters of the wrong kind."""
    try:
        value = _decode_any(body)
    except (*NOT_JSON, RecursionError):
        return refuse("parse_error", "The body is not valid JSON (UTF-8). Send one JSON-RPC 2.0 message.")
    if isinstance(value, dict) and value.get("jsonrpc") == "2.0" and isinstance(value.get("method"), str):
        if type(value.get("id", 0)) not in (str, int):
            return refuse("invalid_request", "The id of a request must be a string or an integer.")
        return refuse("invalid_params", f"The parameters are not of the right form: {detail[:200]}.")
    return refuse(
        "invalid_request", 'The body is not a JSON-RPC 2.0 message: an object with "jsonrpc": "2.0" and a "method".'
    )


def readable_id(body: bytes) -> RequestId | None:
    """The id of a request that could not be served otherwise, to be echoed; None where it can't be read."""
    try:
        value = _decode_any(body)
    except (*NOT_JSON, RecursionError):
        return None
    found = value.get("id") if isinstance(value, dict) else None
    if found is not None and repeats_names(body, value) and repeats_outermost(body, "id"):
        return None
    return found if type(found) in (str, int) and len(str(found)) <= ID_LENGTH else None


def is_deeper(body: bytes, depth: int) -> bool:
    """Whether valid JSON nests deeper: without its strings, `depth` rounds of dropping empty pairs leave nothing."""
    brackets = _STRING.sub(b"", body).translate(_ALIKE, _NO_BRACKETS)
    for _ in range(depth):
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    return True
