"""Parts of lists that no table holds, newest first, by cursor: what `control_plane.cursors` does for rows."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from tenants.errors import InvalidValueError


class Listed(Protocol):
    """Something in such a list. `id` tells it from what was opened in the same moment."""

    @property
    def id(self) -> str: ...

    @property
    def since(self) -> datetime: ...


Thing = TypeVar("Thing", bound=Listed)


def listed_part(things: Sequence[Thing], *, cursor: str | None, limit: int) -> tuple[list[Thing], str | None]:
    """So many of them after the cursor's, newest first, and the cursor for the next part if there is one. Raises
    InvalidValueError for what is no cursor of such a list."""
    ordered = sorted(things, key=_place)
    if cursor is not None:
        after = _read(cursor)
        ordered = [each for each in ordered if _place(each) > after]
    part = ordered[:limit]
    return part, _cursor(part[-1]) if len(ordered) > limit else None


def _place(thing: Listed) -> tuple[float, str]:
    return -thing.since.timestamp(), thing.id


def _cursor(thing: Listed) -> str:
    values = (thing.since.isoformat(), thing.id)
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _read(cursor: str) -> tuple[float, str]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        since, name = msgspec.json.decode(text, type=tuple[str, str])
        return -datetime.fromisoformat(since).timestamp(), name
    except (binascii.Error, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise InvalidValueError("Send the `next` of the page before, or none.", field="cursor") from error
