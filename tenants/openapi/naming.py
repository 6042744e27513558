"""Names that every client and model takes, from whatever a document calls its things."""

import re
from collections.abc import Container
from hashlib import sha256
from itertools import count
from typing import Final

LONGEST: Final = 64
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")
_NOT_IN_A_SECRET: Final = re.compile(r"[^a-z0-9_-]+")


def tool_name(operation_id: str, method: str, path: str, taken: Container[str]) -> str:
    """A name for an operation: its id, else method and path. Other characters become underscores; one that is too long
    or taken ends in what tells it apart for good, made of method and path."""
    plain = _NOT_IN_A_NAME.sub("_", operation_id).strip("_-")
    if not plain:
        words = path.replace("{", "by_").replace("}", "")
        plain = _NOT_IN_A_NAME.sub("_", f"{method.lower()}{words}").strip("_-")
    if len(plain) <= LONGEST and plain not in taken:
        return plain
    return _told_apart(plain, f"{method} {path}")


def free_name(name: str, key: str, taken: Container[str]) -> str:
    """The name of a tool, or what tells it apart by its operation's key where it is taken, by a number at last."""
    if name not in taken:
        return name
    apart = _told_apart(name, key)
    numbered = (f"{apart[: LONGEST - 7]}_{number}" for number in count(2))
    return apart if apart not in taken else next(each for each in numbered if each not in taken)


def argument_name(name: str, location: str, taken: Container[str]) -> str:
    """A name for an argument; one that is taken also says where it goes."""
    plain = _NOT_IN_A_NAME.sub("_", name).strip("_") or location
    if len(plain) > LONGEST:
        plain = _told_apart(plain, name)
    if plain in taken:
        plain = f"{plain[:50]}_{location}"
    return plain if plain not in taken else _told_apart(plain, f"{location} {name}")


def secret_name(scheme: str) -> str:
    """A name for the secret that a security scheme asks for."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", scheme)
    plain = _NOT_IN_A_SECRET.sub("_", spaced.lower()).strip("_-0123456789")
    return plain[:LONGEST] or "credential"


def _told_apart(plain: str, whole: str) -> str:
    mark = sha256(whole.encode()).hexdigest()[:6]
    return f"{plain[: LONGEST - 7]}_{mark}"
