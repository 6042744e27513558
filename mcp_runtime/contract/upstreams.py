"""MCP servers of others, which a tenant has connected: what a snapshot says of one, and what is asked of the outside.

Nothing in it is secret: a header's credential is a reference by name, `{{secret.NAME}}`, and a token is asked for when
it is needed. The token that a client sent to Atrium never goes out (MCP 2026-07-28 basic/authorization, Token
Handling).
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from egress.allowance import ANYTHING, Allowance

KIND: Final = "upstream"


class UpstreamSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One upstream. `prefix` is what its tools' names begin with, as `prefix.tool`. `url` is its MCP endpoint.

    `era`: auto (found out when it is first spoken to) | modern | legacy. `auth`: none | headers | oauth (one account
    for the tenant) | oauth_user (one for each user). `headers` are sent with every request; their values may refer to
    secrets. `concurrency` caps requests at once. `allowance` is what its tenant lets requests reach.
    """

    id: str
    tenant_id: str
    prefix: str
    name: str
    url: str
    era: str = "auto"
    auth: str = "none"
    headers: tuple[tuple[str, str], ...] = ()
    concurrency: int = 20
    allowance: Allowance = ANYTHING


class PublishedUpstreamItem(Struct, frozen=True, kw_only=True):
    """What `config` holds of a tool, resource, template or prompt of an upstream. `key` is what the upstream knows it
    by: a name, a URI, or a URI template. `digest` is that of the definition that somebody has approved."""

    upstream: UpstreamSpec
    key: str
    digest: str


class UpstreamOffer(Struct, frozen=True, kw_only=True):
    """Everything that an upstream lists, each definition exactly as it came: name or URI in it, `_meta` and all."""

    server_info: dict[str, Any]
    instructions: str = ""
    protocol_version: str = ""
    capabilities: dict[str, Any] = {}
    tools: tuple[dict[str, Any], ...] = ()
    resources: tuple[dict[str, Any], ...] = ()
    templates: tuple[dict[str, Any], ...] = ()
    prompts: tuple[dict[str, Any], ...] = ()


class UpstreamUnreachable(Exception):  # noqa: N818 - reads as the state it reports
    """An upstream did not do what it should. `reason`: one of unreachable, refused_by_egress, unauthorized, forbidden,
    not_mcp, protocol, too_large, timeout. The text may be shown to whoever manages the tenant's servers."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class AccountMissing(Exception):  # noqa: N818 - reads as the state it reports
    """There is no account to speak to an upstream with, or it has been revoked there. `connect_url` is the absolute
    address where the person (or, for the tenant's account, whoever manages it) connects one."""

    def __init__(self, text: str, connect_url: str) -> None:
        super().__init__(text)
        self.connect_url = connect_url


class UpstreamToken(Struct, frozen=True):
    """An access token of an upstream, for the header Authorization. `account` names whose it is (an id), so that no
    connection, session or cached answer is shared with another."""

    value: str
    account: str

    def __repr__(self) -> str:
        return f"UpstreamToken(account={self.account!r})"


class UpstreamAccounts(Protocol):
    """Port: the accounts that a tenant, or its users, have at upstreams."""

    async def token(self, upstream: UpstreamSpec, user_id: str | None, *, refused: str = "") -> UpstreamToken:
        """A token that is good now, refreshed where it has to be; never `refused`, which the upstream has just answered
        401 to. `user_id` is the caller's; None where nobody is behind the call, such as a service account.

        Raises AccountMissing, UpstreamUnreachable (where it had to be refreshed and could not), RecordUnavailable."""

    async def wanting(self, upstream: UpstreamSpec, account: str, scopes: tuple[str, ...]) -> AccountMissing:
        """What to tell the caller where the upstream has answered 403 with insufficient_scope and these scopes to a
        token of this `account`. Whoever connects it again is asked for them, too. Raises RecordUnavailable."""


class UpstreamReports(Protocol):
    """Port: what the runtime notices of an upstream, so that its definitions are looked at soon."""

    async def offered(self, tenant_id: str, upstream_id: str, what: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """The upstream lists these now: whole lists of raw definitions, under tools, resources, templates or prompts.
        What differs from what is approved is quarantined, and published so. Raises RecordUnavailable."""


class UpstreamReader(Protocol):
    """What reads everything that an upstream lists, blocking, for the control plane."""

    def read(self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> UpstreamOffer:
        """Connect, list, leave. `headers` are filled in. Raises UpstreamUnreachable."""


def definition_digest(definition: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal of a definition as it came: one byte of it changed is another digest. The order of an
    object's members does not count."""
    return hashlib.sha256(msgspec.json.encode(definition, order="sorted")).hexdigest()
