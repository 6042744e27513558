"""Signing in by address and password, in the same time whoever there is."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from tenants.models import User
from tenants.selectors.users import claimants


class PasswordSignIn(ModelBackend):
    """Django's backend, for addresses that several accounts may claim.

    Two passwords are checked every time: that of the person who is known to have the address, and that of whoever
    claimed it last. So a claimant gets back in, whether or not the address is somebody else's, and neither the answer
    nor its time tells which.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        """The person, or None alike for a wrong password, an unknown address and a disabled account."""
        address = username or email
        if not address or password is None:
            return None
        found = claimants(email=address)
        matching = [person for person in (found.owner, found.newest) if _has_password(person, password)]
        return next((person for person in matching if person and self.user_can_authenticate(person)), None)


def _has_password(person: User | None, password: str) -> bool:
    if person is None:
        User().set_password(password)
        return False
    return person.check_password(password)
