"""The repository builds anywhere: no registry's address, no path of one machine, no unfinished marker."""

import re
from typing import Final

import pytest

from tests.repository import files, read

FORBIDDEN: Final = {
    # The brackets keep this file from finding itself.
    "a package registry's address": r"pythonhosted[.]org|registry\.npmjs[.]org|//[\w.:-]+/simple[/]",
    "the choice of a package registry": r"--(?:extra-)?index[-]url|^registry[=]",
    "where a package was downloaded": r'"resolved"[:]',
    "a path of one machine": r"(?<![\w.}$*])/(?:home|Users|root|work)[/][\w.-]+",
    "an unfinished place": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
}
BINARY: Final = (".png", ".ico", ".woff2", ".gz")


def forbidden(text: str) -> list[str]:
    """What a text contains that no file may contain, with the line it is on."""
    searches = {what: re.finditer(form, text, re.MULTILINE) for what, form in FORBIDDEN.items()}
    found = sorted((match.start(), what) for what, matches in searches.items() for match in matches)
    return [f"line {text.count(chr(10), 0, start) + 1}: {what}" for start, what in found]


def test_every_file_builds_anywhere() -> None:
    found = {name: forbidden(read(name)) for name in files() if not name.endswith(BINARY)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("--index" + "-url https://mirror.example", "the choice of a package registry"),
        ("https://mirror.example/simple" + "/django", "a package registry's address"),
        ('"resolved"' + ': "https://registry.example/x.tgz"', "where a package was downloaded"),
        ("open('/home" + "/somebody/notes')", "a path of one machine"),
        ("# TO" + "DO later", "an unfinished place"),
        ("-----BEGIN PRIVATE KEY-----\n" + "MIIE" * 16, "a private key"),
    ],
)
def test_a_planted_line_is_reported(line: str, what: str) -> None:
    assert forbidden(f"first\n{line}\n") == [f"line 2: {what}"]
