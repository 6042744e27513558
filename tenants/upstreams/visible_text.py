"""Texts of strangers as people should see them before they let a model read them: nothing hidden, nothing unsaid."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_ORDINARY: Final = frozenset("\n\t")
_TAGS: Final = range(0xE0000, 0xE0080)
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})

_HINTS: Final = {
    "tells the model to ignore or override something": (
        r"\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|other|all|any|instructions?|rules?)\b"
    ),
    "tells the model to keep something from the person": (
        r"\b(do not|don't|never|without)\b.{0,30}\b(tell|mention|inform|reveal|show|notify|ask)\w*\b"
    ),
    "speaks of the model's own instructions": (
        r"\bsystem prompt\b|<\s*/?\s*(important|system|instructions?|secret)\b|\[\s*(system|inst)\s*\]"
    ),
    "says what the model must do before other tools, or instead of them": (
        r"\b(before|instead of|after|prior to)\b.{0,30}"
        r"\b(using|calling|invoking|running|any other|every other|this tool|other tools?)\b"
    ),
    "speaks of files or credentials that are no business of a tool": (
        r"~/\.|\.ssh\b|id_rsa|\.env\b|/etc/passwd|"
        r"\b(api[ _-]?keys?|passwords?|credentials?|private keys?|access tokens?)\b"
    ),
    "orders the model to do something always": (
        r"\b(you must|you should always|always (call|use|send|include|pass)|must (first|always|also))\b"
    ),
    "names an address to send something to": (
        r"\b(send|forward|post|upload|exfiltrat\w*|copy)\b.{0,60}(https?://|@[a-z0-9-]+\.)"
    ),
}
_PATTERNS: Final = tuple((words, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for words, pattern in _HINTS.items())
_PLAIN: Final = re.compile(r"[\x20-\x7e\n\t]*")
_LONGEST_JUDGED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text. Of hidden characters, `text` is what they are called, and `meant` what tag characters
    spell."""

    text: str
    hidden: bool = False
    meant: str = ""


def is_hidden(character: str) -> bool:
    """Whether a reader can't see it although a model reads it: controls, invisible and bidirectional characters, tags,
    private and unassigned ones, blanks that are no spaces."""
    if character in _ORDINARY:
        return False
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _FILLERS or _varies(character)


def _varies(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0E or 0xE0100 <= ord(character) <= 0xE01EF


def pieces(text: str) -> Iterator[Piece]:
    """The text in stretches, what is hidden each by itself, as `U+200B`."""
    for stretch in re.split(r"([^\x20-\x7e\n\t]+)", text):
        yield from _split(stretch)


def _split(stretch: str) -> Iterator[Piece]:
    plain = ""
    for character in stretch:
        if not is_hidden(character):
            plain += character
            continue
        if plain:
            yield Piece(plain)
        plain = ""
        number = ord(character)
        meant = chr(number - _TAGS.start) if number in _TAGS and chr(number - _TAGS.start).isprintable() else ""
        yield Piece(f"U+{number:04X}", hidden=True, meant=meant)
    if plain:
        yield Piece(plain)


def shown(text: str) -> str:
    """The text on its own, with each hidden character as `[U+200B]`."""
    return "".join(f"[{piece.text}]" if piece.hidden else piece.text for piece in pieces(text))


def warnings_of(definition: Any) -> list[str]:
    """What somebody should know before approving a definition: each in a few words, once. Not everything that is
    suspicious is found, and not everything that is found is bad."""
    texts = list(_texts(definition))
    found = ["has characters that nobody sees" for text in texts if not _is_plain(text) and any(map(is_hidden, text))]
    found += ["mixes letters of several alphabets in one word" for text in texts if _mixes(text)]
    for text in texts:
        readable = text[:_LONGEST_JUDGED]
        if not _is_plain(readable):
            readable = "".join(map(_readable, readable))
        found += [words for words, pattern in _PATTERNS if pattern.search(readable)]
    return list(dict.fromkeys(found))


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def _readable(character: str) -> str:
    """As a model would take it: tags as the letters that they spell, other hidden characters as nothing."""
    number = ord(character)
    if number in _TAGS:
        return chr(number - _TAGS.start)
    return "" if is_hidden(character) else character


def _mixes(text: str) -> bool:
    words = re.findall(r"\w+", text) if not text.isascii() else []
    return any(len({_alphabet(letter) for letter in word if letter.isalpha()}) > 1 for word in words)


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((each for each in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE") if each in name), "OTHER")


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            yield from (str(key) for key in part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
