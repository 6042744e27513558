"""Texts inside other languages: whatever a name or a URL has in it, it stays one value."""

import base64
import json
import re
import shlex
from typing import Any, Final
from urllib.parse import quote

_PLAIN_IN_DOUBLE_QUOTES: Final = re.compile(r"[A-Za-z0-9 _:./@%+=,~-]*")


def shell(word: str) -> str:
    """One word for a POSIX shell."""
    return shlex.quote(word)


def shell_header(name: str, value: str) -> str:
    """A header as one word for a shell, in double quotes where that is enough: those mean the same to other shells."""
    text = f"{name}: {value}"
    return f'"{text}"' if _PLAIN_IN_DOUBLE_QUOTES.fullmatch(text) else shlex.quote(text)


def json_line(value: Any) -> str:
    """JSON without a blank that is not needed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_file(value: Any) -> str:
    """JSON as people write it into files."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def literal(text: str) -> str:
    """A text in double quotes: the same in JSON, Python, JavaScript, TOML and YAML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def url_part(text: str) -> str:
    """A value within a URL, as encodeURIComponent writes it."""
    return quote(text, safe="!'()*~")


def url_base64(value: Any) -> str:
    """JSON in base64, as a value within a URL."""
    return url_part(base64.b64encode(json_line(value).encode()).decode())
