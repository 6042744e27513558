"""Texts of clients as a person may safely read them: what can't be seen is made visible, what is long is cut."""

from typing import Final
from unicodedata import category

LONGEST: Final = 100
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(text: str, longest: int = LONGEST) -> str:
    """One line. Control characters, and those that turn the direction of writing or have no width, appear as their
    number: `\u202e` as `⟨U+202E⟩`."""
    visible = "".join(_visible(character) for character in " ".join(text.split(" "))[: longest + 1])
    return visible if len(text) <= longest else f"{visible[:longest]}…"


def _visible(character: str) -> str:
    is_odd_space = character != " " and category(character) == "Zs"
    return f"⟨U+{ord(character):04X}⟩" if is_odd_space or category(character) in _HIDDEN else character
