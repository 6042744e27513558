"""Names that are safe in URLs."""

import re
import unicodedata
from typing import Final

# Latin letters that Unicode does not decompose into a base letter and a mark.
_LETTERS: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})

_APOSTROPHES: Final = "'’ʼ"


def slug_of(text: str) -> str:
    """Lower-case ASCII letters and digits of a text, everything between them one hyphen; "" where there are none."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in _APOSTROPHES)
    return re.sub(r"[^a-z0-9]+", "-", unmarked.casefold()).strip("-")
