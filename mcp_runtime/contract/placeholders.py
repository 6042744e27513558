"""Places in a text that a tenant wrote which are filled in when it is read: `{{name}}`.

Filling is one pass: what a value says is never filled again. Whatever else stands in braces is ordinary text.
"""

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDER_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PLACEHOLDER: Final = re.compile(rf"\{{\{{ ?({PLACEHOLDER_NAME.pattern}) ?\}}\}}")


class FilledTooLarge(ValueError):  # noqa: N818 - reads as the state it reports
    """The text would be larger than allowed."""


def placeholders(text: str) -> list[str]:
    """The names in a text, each once, in the order in which they come."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str], most: int) -> str:
    """The text with each value in its places; a name without a value has an empty one. Raises FilledTooLarge where the
    text would have more than `most` characters, before it is made."""
    found = list(_PLACEHOLDER.finditer(text))
    size = len(text) + sum(len(values.get(match[1], "")) - len(match[0]) for match in found)
    if size > most:
        raise FilledTooLarge(f"filled in, the text has {size} characters; {most} are allowed")
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)
