"""What is done to well-formed messages, as values and as bytes, so that they are something else."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any, Final

from tests.fuzz.instances import TEXTS, anything

FRAGMENTS: Final = (
    *(
        b"\xff",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf8\x88\x80\x80\x80",
        b"\xef\xbb\xbf",
        b"\0",
        b"\\ud800",
        b"\\udc00\\ud800",
    ),
    *(b'"\\ud83d"', b"NaN", b"-Infinity", b"1e999", b"-0", b"01", b"0x1", b"9" * 40, b"9" * 5000, b"1e-999", b".5"),
    *(b'"id":2,', b'"method":"ping",', b'"jsonrpc":"2.0",', b'"ID":3,', b'"params":{},', b',"x":1', b"null", b"true"),
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"//", b"/* */", b"\n", b"\t", b"[" * 200, b'{"a":' * 100, b"'"),
)
ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-32", "utf-7", "utf-8-sig", "cp1252")
_NAME_ENDS: Final = re.compile(b'":')
HUGE: Final = (10**400, -(10**30), 2**63, 1.7e308, -0.0)


def mutate_value(random: Random, message: Any) -> Any:
    """The message itself, with something about it changed."""
    holder = message
    if not isinstance(holder, dict | list) or not holder:
        return anything(random)
    while True:
        key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
        value = holder[key]
        if not isinstance(value, dict | list) or not value or random.random() < 0.25:
            break
        holder = value
    random.choice(VALUE_MUTATIONS)(random, holder, key)
    return message


def mutate_bytes(random: Random, body: bytes) -> bytes:
    """The body with some of its bytes changed."""
    return random.choice(BYTE_MUTATIONS)(random, body)


def encoded(random: Random, message: Any) -> bytes:
    """The message as some client writes it: compact or not, with or without escapes."""
    spaced = (", ", ": ") if random.random() < 0.2 else (",", ":")
    try:
        text = json.dumps(message, ensure_ascii=random.random() < 0.2, separators=spaced)
    except RecursionError:  # nested again and again
        return b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    return text.encode("utf-8", "surrogatepass")


def with_repeated_name(random: Random, body: bytes) -> bytes:
    """One of the names is there once more, or is spelled otherwise."""
    ends = [match.start() for match in _NAME_ENDS.finditer(body)]
    if not ends:
        return body
    end = random.choice(ends)
    begin = body.rfind(b'"', 0, end)
    name = body[begin : end + 1]
    other = random.choice((name, name, name.swapcase(), name.upper(), name.replace(b"s", "ſ".encode())))
    return body[:begin] + other + random.choice((b":1,", b":null,", b':"x",', b" :{},")) + body[begin:]


def _replace(random: Random, holder: Any, key: Any) -> None:
    holder[key] = anything(random)


def _exaggerate(random: Random, holder: Any, key: Any) -> None:
    holder[key] = random.choice((*HUGE, "x" * random.choice((513, 3_000)), [[]] * 400, "\ud800", *TEXTS))


def _nest(random: Random, holder: Any, key: Any) -> None:
    value = holder[key]
    for _ in range(random.choice((1, 30, 63, 64, 65, 500))):
        value = [value] if random.random() < 0.5 else {"a": value}
    holder[key] = value


def _remove(_: Random, holder: Any, key: Any) -> None:
    del holder[key]


def _add(random: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.append(anything(random))
    else:
        name = str(key)
        holder[random.choice((name.upper(), name.title(), f" {name}", name + "\0", random.choice(TEXTS)))] = holder[key]


def _as_text(_: Random, holder: Any, key: Any) -> None:
    holder[key] = json.dumps(holder[key])


def _flip(random: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(random.randint(1, 4)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _drop(random: Random, body: bytes) -> bytes:
    begin = random.randrange(len(body) + 1)
    return body[:begin] + body[begin + random.randint(1, 20) :]


def _double(random: Random, body: bytes) -> bytes:
    begin = random.randrange(len(body) + 1)
    end = begin + random.randint(1, 60)
    return body[:end] + body[begin:end] + body[end:]


def _insert(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    return body[:place] + random.choice(FRAGMENTS) + body[place:]


def _surround(random: Random, body: bytes) -> bytes:
    before, after = random.choice(
        ((b"\xef\xbb\xbf", b""), (b"", b"\0"), (b"[", b"]"), (b" \r\n", b"\n"), (b"", body), (b"(", b")"))
    )
    return before + body + after


def _recode(random: Random, body: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


VALUE_MUTATIONS: Final[tuple[Callable[[Random, Any, Any], None], ...]] = (
    *(_replace, _exaggerate, _nest, _remove, _add, _as_text),
)
BYTE_MUTATIONS: Final[tuple[Callable[[Random, bytes], bytes], ...]] = (
    *(_flip, _cut, _drop, _double, _insert, _insert, _surround, _recode, with_repeated_name, with_repeated_name),
)
