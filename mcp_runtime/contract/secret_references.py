"""References to secrets in a text: `{{secret.name}}`, where blanks may stand within the braces.

They belong to what a tenant's developers write: headers, URLs, credentials of upstreams. A text that a caller or a
server has sent is never filled, and so is what a value holds: filling looks once.
"""

import re
from collections.abc import Callable
from typing import Final

from mcp_runtime.contract.names import SECRET_NAME

_REFERENCE: Final = re.compile(rf"\{{\{{[ \t]*secret\.({SECRET_NAME.pattern})[ \t]*\}}\}}")
_BEGINNING: Final = re.compile(r"\{\{\s*secret", re.IGNORECASE)


class ReferenceMalformed(ValueError):  # noqa: N818 - reads as the state it reports
    """Something looks like a reference and is none: sent as it is, it would leave a hole where a credential belongs.
    `beginning` are its first characters."""

    def __init__(self, beginning: str) -> None:
        super().__init__(f"{beginning} is no reference to a secret. Write {{{{secret.name}}}}.")
        self.beginning = beginning


class SecretMissing(LookupError):  # noqa: N818 - reads as the state it reports
    """There is no secret of this name any more. `name` may be told to whoever manages the tenant's tools."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no secret {name}.")
        self.name = name


def secrets_named(text: str) -> list[str]:
    """The names of the secrets that a text refers to, each once, in their order. Raises ReferenceMalformed."""
    rest = _REFERENCE.sub("", text)
    malformed = _BEGINNING.search(rest)
    if malformed is not None:
        raise ReferenceMalformed(rest[malformed.start() : malformed.start() + 40])
    return list(dict.fromkeys(_REFERENCE.findall(text)))


def secrets_filled(text: str, value_of: Callable[[str], str | None]) -> str:
    """The text with values in place of references. Raises SecretMissing where `value_of` has None for a name."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        filled = value_of(name)
        if filled is None:
            raise SecretMissing(name)
        return filled

    return _REFERENCE.sub(value, text)
