"""Statistics, differences and slugs."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.toolkits.testing import SchemaMismatch, call
from mcp_runtime.toolkits.text import MOST_DIFF_LINES, toolkit
from mcp_runtime.toolkits.text.slugs import slug_of
from mcp_runtime.toolkits.text.unified_diff import unified_diff


@pytest.mark.parametrize(
    ("text", "counts"),
    [("", (0, 0, 0)), ("one two\nthree", (13, 3, 2)), ("line\n", (5, 1, 1)), ("Grüße 👋", (7, 2, 1))],
)
def test_statistics_count_what_a_reader_counts(text: str, counts: tuple[int, int, int]) -> None:
    expected = dict(zip(("characters", "words", "lines"), counts, strict=True))
    assert call(toolkit, "text_statistics", {"text": text}).structured == expected


def test_a_difference_shows_the_lines_that_changed() -> None:
    called = call(toolkit, "text_diff", {"before": "a\nb\nc\n", "after": "a\nB\nc\n"})
    assert called.structured == {"diff": "--- before\n+++ after\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"}


def test_a_missing_line_feed_at_the_end_is_a_difference() -> None:
    assert "\\ No newline at end of file" in unified_diff("a", "a\n")


LINES = st.lists(st.sampled_from(["a", "b", "", "\u2028", "c\x0c", "+", "--- x", "@@"]), max_size=8).map("\n".join)


@given(LINES, LINES)
def test_the_difference_is_empty_exactly_where_nothing_differs(before: str, after: str) -> None:
    assert (unified_diff(before, after) == "") == (before == after)


@pytest.mark.parametrize(
    ("before", "after"), [("a\nb\nc\n", "a\nc\nd\n"), ("a\nb", "a\nb\n"), ("a\n", "b"), ("x\ny\n", "x\n")]
)
def test_patch_turns_one_text_into_the_other(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "file").write_text(before)
    subprocess.run(
        ["git", "apply", "-p0", "-"],
        input=unified_diff(before, after).replace("--- before", "--- file").replace("+++ after", "+++ file"),
        text=True,
        cwd=tmp_path,
        check=True,
        env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    assert (tmp_path / "file").read_text() == after


def test_more_lines_than_can_be_compared_quickly_are_refused() -> None:
    called = call(toolkit, "text_diff", {"before": "a\n" * MOST_DIFF_LINES, "after": "b"})
    assert called.error_type == "too_large"
    with pytest.raises(SchemaMismatch):
        call(toolkit, "text_diff", {"before": "a" * 200_001, "after": ""})


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Crème brûlée & Øre", "creme-brulee-ore"),
        ("Straße", "strasse"),
        ("  --a__b–c--  ", "a-b-c"),
        ("Don't & won’t", "dont-wont"),
        ("ﬁne ½", "fine-1-2"),
        ("İstanbul", "istanbul"),
    ],
)
def test_slugs_read_like_the_title(title: str, slug: str) -> None:
    assert call(toolkit, "slugify", {"text": title}).structured == {"slug": slug}


@given(st.text())
def test_a_slug_is_safe_and_its_own_slug(text: str) -> None:
    slug = slug_of(text)
    assert all(part.isascii() and part.isalnum() and part == part.lower() for part in slug.split("-") if slug)
    assert slug_of(slug) == slug


def test_a_text_without_letters_gives_no_slug() -> None:
    assert call(toolkit, "slugify", {"text": "日本"}).error_type == "no_slug"
