"""Somebody at the door, in a browser: with cookies, without a session."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.core import mail
from django.test import Client

PASSWORD: Final = "three wandering storks"
SIGN_UP, SIGN_IN, SIGN_OUT = "/accounts/signup/", "/accounts/login/", "/accounts/logout/"
RESET: Final = "/accounts/password/reset/"
LINK: Final = re.compile(r"^https?://[^/\s]+(/\S+)$", re.MULTILINE)


@dataclass
class Visitor:
    """Asks pages; `address` is where they come from."""

    address: str = "198.51.100.7"
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.defaults["REMOTE_ADDR"] = self.address

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, **form: str) -> Any:
        return self.client.post(path, form)

    def sign_up(self, email: str, password: str = PASSWORD, **form: str) -> Any:
        return self.post(SIGN_UP, email=email, password1=password, **form)

    def sign_in(self, email: str, password: str = PASSWORD, **form: str) -> Any:
        return self.post(SIGN_IN, login=email, password=password, **form)

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session


def mails_to(address: str) -> list[Any]:
    """The mails that this address has got, oldest first."""
    return [message for message in mail.outbox if message.to == [address]]


def link_to(address: str) -> str:
    """The path of the link in the newest mail to this address."""
    (path,) = LINK.findall(mails_to(address)[-1].body)
    return str(path)
