"""What the tools and prompts of an upstream are called on a server: the same whatever else comes or goes."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from tenants.errors import InvalidValueError

LONGEST: Final = 64
LONGEST_PREFIX: Final = 24
_PREFIX: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?")
_ALIKE: Final = str.maketrans({"1": "l", "i": "l", "0": "o", "5": "s", "-": "_", ".": "_"})
_MARK_LENGTH: Final = 8


def upstream_prefix(value: str) -> str:
    """What an upstream's names begin with. Raises InvalidValueError."""
    if not _PREFIX.fullmatch(value):
        raise InvalidValueError(
            f"Use 1 to {LONGEST_PREFIX} lower-case letters, digits and inner hyphens, beginning with a letter.",
            field="prefix",
        )
    return value


def name_on_server(prefix: str, key: str) -> str:
    """`prefix.key`, shortened to 64 characters with a mark that only the two of them decide."""
    whole = f"{prefix}.{key}"
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:_MARK_LENGTH]
    return f"{whole[: LONGEST - _MARK_LENGTH - 1]}_{mark}"


def looks_like(name: str) -> str:
    """A form that two names share where a reader, or a model, could take one for the other."""
    return name.lower().translate(_ALIKE).replace("rn", "m")


def name_shadowed(name: str, others: Iterable[str]) -> str | None:
    """The one of these names that could be taken for `name`, or None."""
    form = looks_like(name)
    return next((other for other in others if looks_like(other) == form), None)
