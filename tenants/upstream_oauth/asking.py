"""Asking an upstream and its authorization server, and reading what they answer: both may be anybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from egress.allowance import Allowance
from egress.answers import Fetched
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError, EgressRefused
from egress.installation import Installation
from egress.outgoing import Headers, Outgoing, Redirects
from egress.purposes import RULES, Purpose
from egress.urls import Target, check_url
from tenants.json_object import json_object
from tenants.upstream_oauth.errors import SignInFailed

JSON: Final = ("Accept", "application/json")
_CODE: Final = re.compile(r"[a-z_]{1,64}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,8000}")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who goes out, on whose account. `installation` says what may be asked for at all, `allowance` what the tenant
    lets be asked."""

    door: Door
    installation: Installation
    tenant: str
    allowance: Allowance
    owner: str = ""

    async def get(self, url: str) -> Fetched:
        """A document. Redirects are followed, each through every check. Raises SignInFailed."""
        return await self._fetch(Outgoing(url, headers=(JSON,), redirects=Redirects.FOLLOW))

    async def post_json(self, url: str, body: bytes, accept: str = JSON[1]) -> Fetched:
        """Send JSON. Raises SignInFailed."""
        headers = (("Accept", accept), ("Content-Type", "application/json"))
        return await self._fetch(Outgoing(url, method="POST", headers=headers, body=body))

    async def post_form(self, url: str, fields: Mapping[str, str], headers: Headers = ()) -> Fetched:
        """Send a form, which may hold secrets: it is never sent elsewhere. Raises SignInFailed."""
        all_headers = (JSON, ("Content-Type", "application/x-www-form-urlencoded"), *headers)
        return await self._fetch(
            Outgoing(url, method="POST", headers=all_headers, body=urlencode(fields).encode("ascii"))
        )

    def checked(self, url: object, what: str) -> Target:
        """The parts of a URL that somebody else chose, where it may be asked for. Raises SignInFailed."""
        if not isinstance(url, str):
            raise SignInFailed("bad_metadata", f"{what} is missing.")
        try:
            return check_url(url, self.installation.policy(RULES[Purpose.UPSTREAM_OAUTH]))
        except EgressRefused as error:
            raise SignInFailed("refused_by_egress", f"{what} can't be used. {error}") from error

    async def _fetch(self, outgoing: Outgoing) -> Fetched:
        caller = Caller(Purpose.UPSTREAM_OAUTH, self.tenant, self.owner, self.allowance)
        try:
            return await self.door.fetch(outgoing, caller)
        except EgressError as error:
            reason = "refused_by_egress" if isinstance(error, EgressRefused) else "unreachable"
            raise SignInFailed(reason, f"{shown(outgoing.url)} could not be asked. {error}") from error


def document_of(fetched: Fetched, what: str) -> dict[str, Any]:
    """The JSON object of an answer. Raises SignInFailed."""
    try:
        return json_object(fetched.body)
    except ValueError as error:
        raise SignInFailed("bad_metadata", f"{what} is not one JSON object.") from error


def error_of(fetched: Fetched) -> str:
    """The code of an OAuth error (RFC 6749 section 5.2), or empty."""
    try:
        code = json_object(fetched.body).get("error")
    except ValueError:
        return ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def token_in(document: Mapping[str, Any], name: str) -> str | None:
    """A token that can be sent in a header; None where there is none. Raises SignInFailed."""
    value = document.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise SignInFailed("bad_answer", f"The authorization server gave out no usable {name}.")
    return value


def shown(url: str) -> str:
    """A URL as a message may have it: without what may be secret."""
    return url.partition("?")[0][:200]
