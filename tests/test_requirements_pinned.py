"""What gets installed is decided in the repository: every requirement has one version and its hashes."""

import re

import pytest

from tests.repository import read

LOCKED = ("requirements", "requirements-dev")


def pinned(text: str) -> dict[str, int]:
    """The names that a compiled file pins, normalised, and how many hashes each has."""
    joined = text.replace("\\\n", " ")
    rows = [line for line in joined.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    matches = [(re.match(r"([\w.-]+)(?:\[[\w,.-]+\])?==\S+", row), row.count("--hash=sha256:")) for row in rows]
    return {normalised(match[1]): hashes if match else 0 for match, hashes in matches if match}


def requirement_rows(text: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if re.match(r"[A-Za-z0-9]", line)]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKED)
def test_every_requirement_has_one_version_and_hashes(name: str) -> None:
    text = read(f"{name}.txt")
    locked = pinned(text)
    assert len(locked) == len(requirement_rows(text)) > 0
    assert [requirement for requirement, hashes in locked.items() if hashes == 0] == []


@pytest.mark.parametrize("name", LOCKED)
def test_everything_asked_for_is_locked(name: str) -> None:
    wanted = [re.match(r"[\w.-]+", line) for line in read(f"{name}.in").splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert {normalised(match[0]) for match in wanted if match} <= set(pinned(read(f"{name}.txt")))


def test_a_loose_requirement_is_seen() -> None:
    assert pinned("django==5.2.19 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n") == {"django": 2}
    assert pinned("django==5.2.19\n") == {"django": 0}
    assert pinned("django>=5.2\n") == {}
    assert requirement_rows("django>=5.2\n# a word\n") == ["django>=5.2"]
