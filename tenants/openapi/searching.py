"""Finding operations in a document that has hundreds."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tenants.openapi.operations import Outline

UNTAGGED: Final = "(none)"
MOST_TAGS: Final = 500


def outlines_found(outlines: Iterable[Outline], *, text: str = "", tag: str = "") -> list[Outline]:
    """Those with every word of the text in their name, path or summary, and with the tag; UNTAGGED is for those that
    have none."""
    words = text.lower().split()
    return [each for each in outlines if _has_tag(each, tag) and _has_words(each, words)]


def tags_counted(outlines: Iterable[Outline]) -> list[tuple[str, int]]:
    """The tags with how many operations have each, by name, the most used 500 of them; UNTAGGED last."""
    counted = Counter(tag for each in outlines for tag in each.tags or (UNTAGGED,))
    return sorted(counted.most_common(MOST_TAGS), key=lambda pair: (pair[0] == UNTAGGED, pair[0].lower()))


def _has_tag(outline: Outline, tag: str) -> bool:
    return not tag or tag in (outline.tags or (UNTAGGED,))


def _has_words(outline: Outline, words: list[str]) -> bool:
    said = f"{outline.key} {outline.name} {outline.summary}".lower()
    return all(word in said for word in words)
