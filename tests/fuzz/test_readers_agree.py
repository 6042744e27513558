"""Whoever reads a body reads the same: both lanes of the edge, whoever decides about the call, and the tool that runs.

Each is compared with a strict reader of another make, over names twice or in other letters, other encodings, halves of
characters, and numbers at every edge.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.edge import express
from mcp_runtime.protocol.jsonrpc import Message, Params, parse
from mcp_runtime.refusals import Refused
from tests.fuzz.cases import CAPABILITIES, VERSION, mirrors
from tests.fuzz.connection import Connection
from tests.fuzz.desk import LIMITS, executed, serving
from tests.fuzz.instances import TEXTS
from tests.fuzz.judging import read_strictly
from tests.fuzz.mutations import encoded, mutate_bytes, with_repeated_name
from tests.fuzz.official import MODERN
from tests.fuzz.running import run
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.serving import ACME

SEED: Final = 20_260_728
BODIES: Final = 50_000
SERVED: Final = 2_000
NUMBERS: Final = (
    *("1e400", "-1e400", "1e-400", "-0", "-0.0", "0.1e1", "1E2", "1.0", "9007199254740991", "9007199254740993", "01"),
    *("18446744073709551616", "-9223372036854775809", "1" * 40, "NaN", "Infinity", "1.7976931348623157e308", "5e-324"),
    *("0.1000000000000000055511151231257827", "2.2250738585072011e-308", "123456789012345678901234567890e-20"),
)
CALLER: Final = SimpleNamespace(limits=LIMITS)

Call = tuple[str, str, Any]


def call(random: Random, number: int) -> bytes:
    """A call of the tool that keeps what it gets, with something extreme in it."""
    arguments = {"number": "<number>", "count": 2**53 + number % 3 - 1, "sure": True, "words": [random.choice(TEXTS)]}
    message = {
        "jsonrpc": "2.0",
        "id": number,
        "method": "tools/call",
        "params": {
            "name": "measure",
            "arguments": {**arguments, "kind": "a"},
            "_meta": {VERSION: MODERN, CAPABILITIES: {}},
        },
    }
    return encoded(random, message).replace(b'"<number>"', random.choice((*NUMBERS, "1.5")).encode())


def bodies(count: int) -> Iterator[bytes]:
    """So many different ones, most of them changed."""
    random, seen = Random(SEED), set[bytes]()  # noqa: S311 - it must be the same again
    calls = [call(random, number) for number in range(2_000)]
    while len(seen) < count:
        body = random.choice(calls)
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            body = random.choice((with_repeated_name, mutate_bytes))(random, body)
        if body not in seen:
            seen.add(body)
            yield body


def strictly(body: bytes) -> Call | None:
    """What the reader of another make makes of it; None where it is no call."""
    try:
        message = read_strictly(body)
        params = message["params"]
        return message["method"], params["name"], params.get("arguments", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def generally(body: bytes) -> Call | None:
    """What is decided upon, and what reaches the tool by the general way."""
    try:
        message = parse(body, LIMITS.json_depth)
    except Refused:
        return None
    if not isinstance(message, Message) or not isinstance(message.params, Params):
        return None
    name, arguments = message.params.name, message.params.arguments
    return (str(message.method), name, {} if arguments is UNSET else arguments) if type(name) is str else None


def directly(body: bytes) -> Call | None:
    """The same in the express lane."""
    request = express._read(body, CALLER)  # type: ignore[arg-type]
    return None if request is None else (request.method, request.params.name, request.params.arguments)


def alike(one: Any, other: Any) -> bool:
    """Equal, with every type, sign and order."""
    return repr(one) == repr(other)


def test_both_lanes_read_what_a_strict_reader_reads() -> None:
    taken: Counter[str] = Counter()
    for body in bodies(BODIES):
        expected, general, direct = strictly(body), generally(body), directly(body)
        taken.update(strict=expected is not None, general=general is not None, direct=direct is not None)
        if general is not None:
            assert alike(general, expected), body
        if direct is not None:
            assert alike(direct, general), body
    # Neither is so strict that nothing passes, and the strict reader is the most lenient of the three.
    assert taken["strict"] >= taken["general"] >= taken["direct"] > BODIES / 20


def test_the_tool_gets_what_a_strict_reader_reads(redis_url: str) -> None:
    assert run(_calls_that_ran(redis_url)) > SERVED / 20


async def _calls_that_ran(redis_url: str) -> int:
    random, ran = Random(SEED), 0  # noqa: S311 - it must be the same again
    async with serving(redis_url) as served:
        with closing(Connection(served.http.base_url.port or 0, ACME.encode())) as connection:
            for body in bodies(SERVED):
                executed.clear()
                await connection.ask(_headers(random), body)
                expected = strictly(body)
                if executed:
                    ran += 1
                    assert expected is not None, body
                    name, arguments = expected[1:]
                    read = float(arguments["number"]), *(arguments[each] for each in ("count", "sure", "words", "kind"))
                    assert executed == [(name, read)], body
    return ran


def _headers(random: Random) -> list[tuple[bytes, bytes]]:
    params = {"name": "measure", "_meta": {VERSION: MODERN}}
    mirrored = mirrors({"method": "tools/call", "params": params})
    known = {b"host": b"localhost", b"authorization": b"Bearer " + ADA.encode(), b"content-type": b"application/json"}
    return [*known.items(), *mirrored.items(), (b"accept", random.choice((b"*/*", b"application/json")))]
