"""Answers without the secrets that were sent: in every form in which a program repeats them."""

import base64
import html
import json
import random
import re
from time import process_time
from urllib.parse import quote, quote_plus

import pytest

from mcp_runtime.calls.scrubbing import Scrubber, scrub
from mcp_runtime.contract.secret_values import SecretValue

PLAIN = "zilpzalp4711"
ODD = 'p/ä+ "s\\w<o>&r=d\nx'


def secret(value: str, name: str = "crm") -> SecretValue:
    return SecretValue(name, 1, value)


@pytest.mark.parametrize("value", [PLAIN, ODD], ids=["plain", "odd"])
@pytest.mark.parametrize(
    "written",
    [
        str,
        quote,
        quote_plus,
        lambda value: quote(value, safe=""),
        lambda value: re.sub("%..", lambda found: found[0].lower(), quote_plus(value)),
        html.escape,
        lambda value: json.dumps(value)[1:-1],
        lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
        lambda value: json.dumps(value)[1:-1].replace("/", "\\/"),
        lambda value: json.dumps(value)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        lambda value: json.dumps(json.dumps(value))[3:-3],
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    ],
)
def test_every_form_is_cut(value: str, written: object) -> None:
    form = written(value)  # type: ignore[operator]
    shown = scrub(f'{{"you sent": "{form}"}}', [secret(value), secret("another one", "other")])
    assert "[secret crm]" in shown
    assert form not in shown


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "somebody@example.com"])
def test_it_is_cut_within_what_else_is_encoded(user: str) -> None:
    sent = base64.b64encode(f"{user}:{PLAIN}".encode()).decode()
    shown = scrub(f"Basic {sent}", [secret(PLAIN)])
    assert "[secret crm]" in shown
    assert all(sent[start : start + 10] not in shown for start in range(8, len(sent) - 10)) or user


def test_structures_are_cut_through_and_through() -> None:
    value = {"a": [PLAIN, {f"key {PLAIN}": (1, None, True)}], "n": 47114711, "f": 1.5}
    shown = scrub(value, [secret(PLAIN), secret("47114711", "pin")])
    assert shown == {"a": ["[secret crm]", {"key [secret crm]": [1, None, True]}], "n": "[secret pin]", "f": 1.5}
    assert scrub(value, []) == json.loads(json.dumps(value))


def test_those_that_overlap_leave_no_end() -> None:
    secrets = [secret("abcdefgh", "first"), secret("efghijkl", "second"), secret("abcdefghijk", "long")]
    assert scrub("<abcdefghijkl>", secrets) == "<[secret long]>"
    assert scrub("<abcdefgh efghijkl>", secrets) == "<[secret first] [secret second]>"
    assert scrub("aaaaaaaaaaaaaaaa", [secret("aaaaaaaa")]) == "[secret crm][secret crm]"


def test_what_stands_in_for_one_is_not_looked_at_again() -> None:
    assert scrub("one12345", [secret("one12345", "two12345"), secret("two12345", "x")]) == "[secret two12345]"


def test_a_large_answer_takes_little_time() -> None:
    dice = random.Random(1)  # noqa: S311 - a text to look through
    text = base64.b64encode(dice.randbytes(786_432)).decode()
    secrets = [secret(dice.randbytes(20).hex(), f"s{number}") for number in range(10)]
    scrubber = Scrubber(secrets)
    began = process_time()
    assert scrubber.text(text) == text
    assert scrubber.text(secrets[0].reveal() * 20_000) == "[secret s0]" * 20_000
    assert process_time() - began < 0.5
