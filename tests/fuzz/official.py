"""The official schemas: what a revision's requests are, and whether a message is one of its."""

from functools import cache
from typing import Any, Final

import jsonschema_rs
import msgspec

from tests.repository import ROOT

MODERN: Final = "2026-07-28"
LEGACY: Final = ("2025-11-25", "2025-06-18", "2025-03-26")
TASKS: Final = "tasks"
"""The tasks extension of the modern revision."""

JsonSchema = dict[str, Any]
FURTHER_RESULTS: Final = ("InputRequiredResult", "CreateTaskResult")
"""What some requests may be answered with instead of their own result."""

TASK_RESULTS: Final = {
    "tasks/get": "GetTaskResult",
    "tasks/update": "UpdateTaskResult",
    "tasks/cancel": "CancelTaskResult",
}


@cache
def definitions(revision: str) -> dict[str, JsonSchema]:
    """The definitions of a revision by name; references in them are of the form `#/…/name`."""
    document = _document(revision)
    found: dict[str, JsonSchema] = document[_place(document)]
    return found


@cache
def requests(revision: str) -> dict[str, str]:
    """The methods that clients may ask for, with the name of the request's definition."""
    known = definitions(revision)
    names = [each["$ref"].rpartition("/")[2] for each in known["ClientRequest"]["anyOf"]]
    found = {known[name]["properties"]["method"]["const"]: name for name in names}
    if revision == MODERN:
        found.update({method: name.replace("Result", "Request") for method, name in TASK_RESULTS.items()})
    return found


@cache
def is_valid(revision: str, definition: str) -> Any:
    """A function that tells whether a value is what the definition says."""
    document = _document(revision)
    place = _place(document)
    schema = {"$schema": document["$schema"], place: document[place], "$ref": f"#/{place}/{definition}"}
    return jsonschema_rs.validator_for(schema).is_valid


def result_fits(revision: str, method: str, result: Any) -> bool:
    """Whether a result is what a request of this method may be answered with."""
    if revision == MODERN and method in TASK_RESULTS:
        return bool(is_valid(TASKS, TASK_RESULTS[method])(result))
    name = requests(revision)[method].replace("Request", "Result")
    known = definitions(revision)
    if is_valid(revision, name if name in known else "EmptyResult")(result):
        return True
    if any(further in known and is_valid(revision, further)(result) for further in FURTHER_RESULTS):
        return True
    return revision == MODERN and bool(is_valid(TASKS, "CreateTaskResult")(result))


def notification_fits(revision: str, message: Any) -> bool:
    """Whether a server of this revision may say this unasked."""
    if is_valid(revision, "ServerNotification")(message):
        return True
    if revision == MODERN:
        return bool(is_valid(TASKS, "TaskStatusNotification")(message))
    return bool(is_valid(revision, "ServerRequest")(message))


def response_fits(revision: str, message: Any) -> bool:
    """Whether this is the envelope of a response. Only later revisions have an error without an id, which JSON-RPC has
    where that of the request can't be read."""
    if "error" in message and "id" not in message:
        revision = LEGACY[0] if revision in LEGACY else revision
    names = ("JSONRPCResultResponse", "JSONRPCErrorResponse", "JSONRPCResponse", "JSONRPCError")
    kind = "Error" if "error" in message else "R"
    known = definitions(revision)
    return any(is_valid(revision, name)(message) for name in names if name in known and kind in name)


@cache
def _document(revision: str) -> dict[str, Any]:
    path = ROOT / "tests" / "fuzz" / "schemas" / f"{revision}.json"
    document: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    return document


def _place(document: dict[str, Any]) -> str:
    return "$defs" if "$defs" in document else "definitions"
