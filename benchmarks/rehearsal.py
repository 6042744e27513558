"""Before the load: ask a server each call, read the answers closely, and write the script that wrk compares with."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.calls import Call, calls, headers, raw_request
from benchmarks.targets import Target


class WrongAnswer(Exception):  # noqa: N818 - reads as what happened
    """A server answered a call with something else than the call's id and text."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A server's right answers, one per call, and the script file for wrk made of them."""

    answers: tuple[bytes, ...]
    script: Path


def rehearse(target: Target, is_right: Callable[[Call, int, bytes], bool], script: Path) -> Rehearsed:
    """Ask every call twice, on one connection. Raises WrongAnswer where one is wrong, or differs the second time."""
    connection = http.client.HTTPConnection(urlsplit(target.url).netloc, timeout=10)
    try:
        first = tuple(_answer(connection, target, call, is_right) for call in calls())
        again = tuple(_answer(connection, target, call, is_right) for call in calls())
    finally:
        connection.close()
    if first != again:
        raise WrongAnswer(f"{target.name} answers the same call with other bytes the second time.")
    script.write_bytes(_lua(target, first))
    return Rehearsed(first, script)


def median_answer(rehearsed: Rehearsed) -> bytes:
    """The answer of median size."""
    return sorted(rehearsed.answers, key=len)[len(rehearsed.answers) // 2]


def _answer(
    connection: http.client.HTTPConnection, target: Target, call: Call, is_right: Callable[[Call, int, bytes], bool]
) -> bytes:
    connection.request("POST", urlsplit(target.url).path, call.body, headers(target.api_key))
    response = connection.getresponse()
    body = response.read()
    if not is_right(call, response.status, body):
        raise WrongAnswer(f"{target.name} answered call {call.id!r} with {response.status} {body[:500]!r}.")
    return body


def _lua(target: Target, answers: tuple[bytes, ...]) -> bytes:
    requests = [raw_request(call, target.url, target.api_key) for call in calls()]
    tables = [
        b"%s = {%s}" % (name, b",\n".join(map(_quoted, values)))
        for name, values in ((b"requests", requests), (b"answers", answers))
    ]
    return b"return {%s}\n" % b",\n".join(tables)


def _quoted(value: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03d" % byte for byte in value) + b'"'
