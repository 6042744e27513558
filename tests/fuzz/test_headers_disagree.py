"""A request whose headers say something else than its body is refused with -32020, and nothing runs."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from random import Random
from typing import Any, Final

from tests.fuzz.cases import CAPABILITIES, VERSION, Header, mirrored, mirrors
from tests.fuzz.connection import Connection
from tests.fuzz.desk import executed, serving
from tests.fuzz.instances import TEXTS
from tests.fuzz.official import LEGACY, MODERN
from tests.fuzz.running import run
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.serving import ACME

SEED: Final = 20_260_728
REQUESTS: Final = 5_000
MIRRORS: Final = (b"mcp-method", b"mcp-name", b"mcp-protocol-version", b"mcp-param-region", b"mcp-param-limit")

Change = Callable[[Random, list[Header], int], None]


def missing(_: Random, headers: list[Header], place: int) -> None:
    """Not there."""
    del headers[place]


def misspelt(random: Random, headers: list[Header], place: int) -> None:
    """There under a name that only some readers take for the same."""
    name, value = headers[place]
    headers[place] = (
        random.choice((name.replace(b"-", b"_"), b"x-" + name, name + b"s", name.replace(b"mcp", b"mcp-"))),
        value,
    )


def twice(random: Random, headers: list[Header], place: int) -> None:
    """There twice, the same or not, in some order."""
    name, value = headers[place]
    headers.insert(
        random.choice((0, place, len(headers))), (name.title(), random.choice((value, b"", b"other", value + b"x")))
    )


def joined(random: Random, headers: list[Header], place: int) -> None:
    """Two values in one."""
    name, value = headers[place]
    headers[place] = name, random.choice((value + b", " + value, value + b",other", b"other," + value, value + b";q=1"))


def another(random: Random, headers: list[Header], place: int) -> None:
    """Something else, that is near."""
    name, value = headers[place]
    words = (
        b"",
        b"other",
        value + b"x",
        value[:-1],
        value + b"\xc3\xa4",
        b'"' + value + b'"',
        b"x" * 60_000,
        value * 2,
    )
    others = [
        *words,
        value.swapcase() if value.swapcase() != value else b"?",
        value[:1] + b"\t" + value[1:],
        b"+" + value,
    ]
    headers[place] = name, random.choice(others)


def encoded(random: Random, headers: list[Header], place: int) -> None:
    """In base64 that is none: badly padded, twice over, in capitals, of another alphabet."""
    name, value = headers[place]
    once = base64.b64encode(value)
    badly = once.rstrip(b"=") if once.endswith(b"=") else once + b"="
    forms = (
        *(b"=?base64?" + badly + b"?=", b"=?BASE64?" + once + b"?=", b"=?base64?" + once, once),
        *(
            b"=?base64?" + once + b"\t?=",
            b"=?base64?" + base64.b64encode(b"=?base64?" + once + b"?=") + b"?=",
            b"=?base64??=",
        ),
        *(
            b"=?base64?" + base64.b64encode(value + b"\xff") + b"?=",
            b"=?utf-8?b?" + once + b"?=",
            b"=?base64?" + once + b"=?=",
        ),
    )
    headers[place] = name, random.choice(forms)


CHANGES: Final[tuple[Change, ...]] = (missing, misspelt, twice, joined, another, encoded)


def version(random: Random, headers: list[Header], place: int) -> None:
    """Another revision than the body's."""
    headers[place] = headers[place][0], random.choice((*LEGACY, "2024-11-05", "later")).encode()


def request(random: Random, number: int) -> tuple[list[Header], bytes]:
    """A call that would have an effect, and headers of which one says something else."""
    region = f"{random.choice(TEXTS)}{number}"
    params = {
        "name": "file",
        "arguments": {"region": region, "limit": random.randrange(2**40)},
        "_meta": {VERSION: MODERN, CAPABILITIES: {}},
    }
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    headers = list(mirrors(message).items())
    place = next(place for place, pair in enumerate(headers) if pair[0] == MIRRORS[number % len(MIRRORS)])
    right = headers[place][1]
    while headers[place : place + 1] == [(MIRRORS[number % len(MIRRORS)], right)] and len(headers) == 5:
        is_version = headers[place][0] == b"mcp-protocol-version" and random.random() < 0.5
        (version if is_version else random.choice(CHANGES))(random, headers, place)
    known = {b"host": b"localhost", b"authorization": b"Bearer " + ADA.encode(), b"content-type": b"application/json"}
    return [*known.items(), *headers], json.dumps(message).encode()


def test_no_call_runs_whose_headers_say_something_else(redis_url: str) -> None:
    answers = run(_send(redis_url))
    assert answers == {(400, -32020): REQUESTS}
    assert executed == []


async def _send(redis_url: str) -> Counter[tuple[int, int]]:
    random, answers = Random(SEED), Counter[tuple[int, int]]()  # noqa: S311 - it must be the same again
    executed.clear()
    async with serving(redis_url) as served:
        with closing(Connection(served.http.base_url.port or 0, ACME.encode())) as connection:
            for number in range(REQUESTS):
                headers, body = request(random, number)
                reply = await connection.ask(headers, body)
                error = json.loads(reply.body).get("error", {})
                answers[reply.status, error.get("code", 0)] += 1
                assert (reply.status, error.get("code")) == (400, -32020), (headers, body, reply)
            assert (await connection.ask(*_agreeing())).status == 200
        assert [name for name, _ in executed] == ["file"]
        executed.clear()
    return answers


def _agreeing() -> tuple[list[Header], bytes]:
    """The same call as it should be: it runs."""
    random = Random(SEED)  # noqa: S311 - it must be the same again
    headers, body = request(random, 0)
    message = json.loads(body)
    return [*headers[:3], *mirrors(message).items()], body


def test_values_are_mirrored_as_the_specification_has_it() -> None:
    assert mirrored("a") == b"a"
    assert mirrored(" a") == b"=?base64?IGE=?="
    assert mirrored(7) == b"7"
    assert mirrored(True) == b"true"
