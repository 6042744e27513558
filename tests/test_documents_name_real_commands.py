"""A document that tells to run something names a target, a command or a part that exists."""

import re
from typing import Final

import pytest
from django.core.management import get_commands

from benchmarks.__main__ import PARTS as BENCH_PARTS
from tests.parts import SELECTIONS
from tests.repository import files, read

DOCUMENTS: Final = [name for name in files() if name.endswith(".md")]


def named(text: str, word: str) -> set[str]:
    """What follows the word, inside back-ticks or in a block of code."""
    code = re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL)
    return {found for passage in code for found in re.findall(rf"(?<![\w-]){word}([\w-]+)", passage)}


def unknown(text: str) -> list[str]:
    """What a document names that does not exist: targets of make, parts of the tests, commands of manage.py."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))
    parts = {part.name for part in SELECTIONS} | {*BENCH_PARTS, "name"}
    exist = {"make ": targets, "PART=": parts, r"manage\.py ": set(get_commands())}
    return sorted(name for word, there in exist.items() for name in named(text, word) - there)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_named_command_exists(document: str) -> None:
    assert unknown(read(document)) == []


def test_a_command_that_does_not_exist_is_reported() -> None:
    text = "Run `make everything`, `make test PART=moon`, `make run` or make sense of\n```\npython manage.py fly\n```\n"
    assert unknown(text) == ["everything", "fly", "moon"]
