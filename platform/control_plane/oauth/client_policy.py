"""Which clients may come to exist here by themselves."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

REFUSED_HOSTS: Final[frozenset[str]] = frozenset()
"""Hosts whose documents are not accepted, and none of whose clients is served any more. Empty as it is shipped: the
place where an operator's list will come in."""


def registration_is_open() -> bool:
    """Whether clients may register themselves at /oauth/register. Those with a document are welcome either way."""
    return bool(settings.CLIENT_REGISTRATION == "open")


def own_hosts() -> frozenset[str]:
    """The names of this installation: it is asked for no document, by itself least of all."""
    return frozenset({urlsplit(settings.PUBLIC_URL).hostname or "", *map(str.lower, settings.EXTRA_HOSTS)})


def host_is_accepted(host: str) -> bool:
    """False for a lower-case host from which no client is served, whatever is kept of its documents."""
    return host not in REFUSED_HOSTS | own_hosts()
