"""What may be kept of a call's arguments: secrets are cut out by the name of a property or the look of a value.

Used for the audit and for logs. It errs on the side of cutting: a property called `token` is cut whatever it holds.
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import msgspec

REDACTED: Final = "[redacted]"
STRING_LENGTH: Final = 1_000
NAME_LENGTH: Final = 100
DOCUMENT_LENGTH: Final = 8_192
DEPTH: Final = 8
ITEMS: Final = 50

_NAME = re.compile(
    r"pass(word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|credential"
    r"|session[_-]?id|otp|(^|[_-])pin$|ssn|iban|card[_-]?number|cvv",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\bat[acrsk]_[A-Za-z0-9]{8,}"  # Atrium's own keys, tokens, codes and secrets of clients
    r"|\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"  # a JSON Web Token
    r"|\b(?:sk|pk|rk|ghp|gho|ghs|xox[abps]|glpat)[-_][A-Za-z0-9_-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)",  # a password in a URL
)
_HINTS: Final = (
    *("atk_", "ata_", "atr_", "atc_", "ats_"),
    *("Bearer", "eyJ", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "ghp", "gho", "ghs", "xox", "glpat"),
    *("AKIA", "PRIVATE KEY", "://"),
)
"""Every match of the pattern holds one of these. Looking for them costs a tenth of what the pattern costs."""
_SCALARS: Final = (str, int, float, bool, type(None))
_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=4096)
def is_sensitive_name(name: str) -> bool:
    """Whether a property of this name is cut whatever it holds."""
    return _NAME.search(name) is not None


def redact_text(text: str) -> str:
    """The text without what looks like a credential, and not longer than `STRING_LENGTH` characters."""
    if len(text) <= STRING_LENGTH:
        return _hide(text)
    # As much again is looked at as is shown: a secret that the window's end cuts in two is no longer recognised.
    shown = _hide(text[: 2 * STRING_LENGTH])
    shown = shown[:STRING_LENGTH] if len(text) <= 2 * STRING_LENGTH else shown[:-STRING_LENGTH]
    return f"{shown}… ({len(text)} characters)"


def _hide(text: str) -> str:
    return _VALUE.sub(REDACTED, text) if _may_hold_secret(text) else text


def _may_hold_secret(text: str) -> bool:
    if "_" in text or "-" in text or "://" in text or "eyJ" in text or "Bearer" in text or "AKIA" in text:
        return any(map(text.__contains__, _HINTS))
    return False


def redact(value: Any, sensitive: frozenset[str] = frozenset(), depth: int = DEPTH) -> Any:
    """A copy of a JSON value that may be kept. `sensitive` names further properties to cut."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        return {
            redact_text(name): REDACTED if _is_cut(name, sensitive) else redact(item, sensitive, depth - 1)
            for name, item in islice(value.items(), ITEMS)
        }
    if isinstance(value, list):
        return "[…]" if depth == 0 else [redact(item, sensitive, depth - 1) for item in value[:ITEMS]]
    return value


def without_secrets(value: Any) -> Any:
    """A JSON value in full, but for what looks like a credential: for log messages, which go to who made the call (MCP
    server/utilities/logging, Security Considerations). Under a sensitive name only texts are cut: counts of tokens are
    no tokens."""
    if isinstance(value, str):
        return _hide(value)
    if isinstance(value, dict):
        return {
            _hide(name): REDACTED if isinstance(item, str) and _is_cut(name, frozenset()) else without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def _is_cut(name: str, sensitive: frozenset[str]) -> bool:
    # No property has so long a name, and the cache of names must not hold what a client can make as large as it likes.
    return name in sensitive or len(name) > NAME_LENGTH or is_sensitive_name(name)


def redacted_json(value: Any, sensitive: frozenset[str] = frozenset()) -> str:
    """The value as JSON that may be kept, at most `DOCUMENT_LENGTH` characters; cut documents say so."""
    text = _encode(value).decode() if _is_simple(value, sensitive) else ""
    if not text or len(text) > STRING_LENGTH or _may_hold_secret(text):
        text = _encode(redact(value, sensitive)).decode()
    if len(text) <= DOCUMENT_LENGTH:
        return text
    return _encode({"truncated": True, "characters": len(text), "beginning": text[: DOCUMENT_LENGTH // 2]}).decode()


def _is_simple(value: Any, sensitive: frozenset[str]) -> bool:
    """Whether it is an object of few short texts and numbers, under harmless names: it can be judged as a whole."""
    if type(value) is not dict or len(value) > ITEMS:
        return False
    for name, item in value.items():
        if type(item) not in _SCALARS or (type(item) is str and len(item) > STRING_LENGTH) or _is_cut(name, sensitive):
            return False
    return True
