"""What a consent page is about, sealed into its form: bound to the person, to every parameter, and to ten minutes."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core import signing

SALT: Final = "control_plane.oauth.consent"
GOOD_FOR_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The parameters of the request, and the server that it is about: the client's choice, or the person's."""

    values: dict[str, str]
    resource: str | None


class StaleStateError(Exception):
    """Tampered with, too old, or somebody else's."""


def seal(state: ConsentState, *, user_id: UUID) -> str:
    """For the form."""
    sealed = {"values": state.values, "resource": state.resource, "user": str(user_id)}
    return signing.dumps(sealed, salt=SALT, compress=True)


def unseal(text: str, *, user_id: UUID) -> ConsentState:
    """From the form. Raises StaleStateError."""
    try:
        sealed = signing.loads(text, salt=SALT, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature as error:
        raise StaleStateError from error
    if sealed["user"] != str(user_id):
        raise StaleStateError
    return ConsentState(sealed["values"], sealed["resource"])
