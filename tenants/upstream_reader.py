"""What reads upstreams for this process and knows the accounts there, as the composition root hands them in."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from mcp_runtime.contract.upstreams import (
    UpstreamAccounts,
    UpstreamOffer,
    UpstreamReader,
    UpstreamSpec,
    UpstreamToken,
    UpstreamUnreachable,
)


class NoReader:
    """Of an installation that speaks to no upstream."""

    def read(self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> UpstreamOffer:
        """Never reads. Raises UpstreamUnreachable."""
        raise UpstreamUnreachable("unreachable", "This installation speaks to no upstream.")


@cache
def _load(path: str) -> Any:
    return import_string(path)


def upstream_reader() -> UpstreamReader:
    """The reader that the setting UPSTREAM_READER names; where it is empty, one that reaches nothing."""
    reader: UpstreamReader = _load(settings.UPSTREAM_READER) if settings.UPSTREAM_READER else NoReader()
    return reader


def upstream_accounts() -> UpstreamAccounts | None:
    """What the setting UPSTREAM_ACCOUNTS names; None where it is empty, and nobody has an account anywhere."""
    accounts: UpstreamAccounts | None = _load(settings.UPSTREAM_ACCOUNTS) if settings.UPSTREAM_ACCOUNTS else None
    return accounts
