"""Counting, comparing and naming texts."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from mcp_runtime.toolkits import ToolError, Toolkit
from mcp_runtime.toolkits.text.slugs import slug_of
from mcp_runtime.toolkits.text.unified_diff import unified_diff

toolkit = Toolkit("text", title="Text", description="Count, compare and name texts.")

LONGEST_TEXT: Final = 1_000_000
LONGEST_DIFF_SIDE: Final = 200_000
MOST_DIFF_LINES: Final = 3_000

Side = Annotated[str, Meta(max_length=LONGEST_DIFF_SIDE)]


class Statistics(Struct, frozen=True):
    """What a text consists of. Characters are Unicode code points; words are what white space separates."""

    characters: int
    words: int
    lines: int


class Difference(Struct, frozen=True):
    """A unified diff; empty where the texts are equal."""

    diff: str


class Slug(Struct, frozen=True):
    """A name for URLs and files."""

    slug: str


@toolkit.tool(title="Text statistics", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def text_statistics(
    text: Annotated[str, Meta(description="The text to count.", max_length=LONGEST_TEXT)],
) -> Statistics:
    """Count the characters, words and lines of a text."""
    return Statistics(characters=len(text), words=len(text.split()), lines=len(text.splitlines()))


@toolkit.tool(title="Text diff", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def text_diff(
    before: Annotated[Side, Meta(description="The old text.")],
    after: Annotated[Side, Meta(description="The new text.")],
) -> Difference:
    """Compare two texts line by line and return a unified diff with three lines of context."""
    # Comparing costs up to the product of the numbers of lines: within these bounds, less than a second.
    if max(before.count("\n"), after.count("\n")) >= MOST_DIFF_LINES:
        raise ToolError(f"Each text may have {MOST_DIFF_LINES} lines; compare them in parts.", type="too_large")
    return Difference(diff=unified_diff(before, after))


@toolkit.tool(title="Slugify", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def slugify(text: Annotated[str, Meta(description="A title or name.", max_length=10_000)]) -> Slug:
    """Turn a title into a slug for URLs: lower-case ASCII letters and digits, joined by single hyphens."""
    slug = slug_of(text)
    if not slug:
        raise ToolError("The text has no Latin letters or digits to make a slug of; transliterate it first.", "no_slug")
    return Slug(slug=slug)
