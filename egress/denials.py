"""What the platform hears of every refusal, to keep it where its owner can read it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from egress.allowance import ANYTHING, Allowance
from egress.purposes import Purpose

LONGEST_HOST: Final = 253
_AUTHORITY: Final = re.compile(r"[^/?#]*//(?:[^/?#@]*@)*([^/?#@]*)")
_UNPRINTABLE: Final = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose account something goes out. `tenant` and `owner` are ids, empty where it is nobody's; the owner is the
    person, or whatever else, whose credentials the request carries. Connections are never shared across any of them."""

    purpose: Purpose
    tenant: str = ""
    owner: str = ""
    allowance: Allowance = field(default=ANYTHING)


@dataclass(frozen=True, slots=True)
class Denial:
    """One refusal. `reason` is a key of `egress.errors.REFUSED`. `host` is what the URL named, as far as that could be
    told, and may be anything that is printable: it comes from whoever wrote the URL, like all that a log shows."""

    reason: str
    host: str
    purpose: Purpose
    tenant: str
    owner: str


Report: TypeAlias = Callable[[Denial], None]
"""Called in the loop that refuses. It must not wait, and must not raise."""


def unheard(_: Denial) -> None:
    """For who keeps no record."""


def named_host(url: str) -> str:
    """The host and port that a URL names, however malformed it is, without user name, password, path or query."""
    found = _AUTHORITY.match(url)
    return _UNPRINTABLE.sub("?", found[1])[:LONGEST_HOST] if found else ""
