"""Before the load: ask a server each call, read the answers closely, and write the script that wrk compares with."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.calls import Call, calls, headers, raw_request
from benchmarks.targets import Target

Judge = Callable[[Call, int, bytes], bool]
"""Whether an answer (status, body) is right for a call."""


class WrongAnswer(Exception):  # noqa: N818 - reads as what happened
    """A server answered a call with something else than the call's id and text."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A server's right answers, one per call, and the script file for wrk made of them. `is_right` judges others."""

    answers: tuple[bytes, ...]
    script: Path
    is_right: Judge


def rehearse(target: Target, is_right: Judge, script: Path) -> Rehearsed:
    """Ask every call twice, on one connection; the second answers are what to expect. Raises WrongAnswer."""
    connection = http.client.HTTPConnection(urlsplit(target.url).netloc, timeout=10)
    try:
        for call in calls():
            _answer(connection, target, call, is_right)
        answers = tuple(_answer(connection, target, call, is_right) for call in calls())
    finally:
        connection.close()
    script.write_bytes(_lua(target, answers))
    return Rehearsed(answers, script, is_right)


def median_answer(rehearsed: Rehearsed) -> bytes:
    """The answer of median size."""
    return sorted(rehearsed.answers, key=len)[len(rehearsed.answers) // 2]


def _answer(connection: http.client.HTTPConnection, target: Target, call: Call, is_right: Judge) -> bytes:
    dialect = target.dialect
    path, fields = urlsplit(target.url).path, headers(target.api_key, dialect)
    connection.request("POST", path, dialect.body(call), fields)
    response = connection.getresponse()
    body = response.read()
    if not is_right(call, response.status, body):
        raise WrongAnswer(f"{target.name} answered call {call.id!r} with {response.status} {body[:500]!r}.")
    return body


def _lua(target: Target, answers: tuple[bytes, ...]) -> bytes:
    requests = [raw_request(call, target.url, target.api_key, target.dialect) for call in calls()]
    tables = [
        b"%s = {%s}" % (name, b",\n".join(map(_quoted, values)))
        for name, values in ((b"requests", requests), (b"answers", answers))
    ]
    return b"return {%s}\n" % b",\n".join(tables)


def _quoted(value: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03d" % byte for byte in value) + b'"'
