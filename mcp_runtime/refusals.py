"""A refusal: why something goes no further, as a value. `wire.errors` alone knows how each reason looks on the wire."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further, in words that a person or a model can act on.

    `reason` is a key of `wire.errors.TABLE`. `data` is added to `error.data` beside `type`. `retry_after` is seconds;
    `headers` are further response headers.
    """

    reason: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)
    retry_after: float | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refused(Exception):  # noqa: N818 - reads as what happened
    """Carries a refusal up to the one place that writes it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def refuse(reason: str, message: str, *, retry_after: float | None = None, **data: Any) -> Refused:
    """The exception for a refusal, to be raised."""
    return Refused(Refusal(reason, message, data, retry_after))
