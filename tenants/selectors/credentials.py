"""What a credential stands for, in one row per key or token, in whichever scope is open.

Flat, so that a cold credential costs one query for a key and two for a token, and reading all of them stays cheap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from tenants.models import AccessToken, ApiKey, Membership

KIND_API_KEY: Final = "api_key"
KIND_ACCESS_TOKEN: Final = "access_token"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A key or token with what its validity depends on. `role` is None where its user is no member any more;
    `servers` is None where it is good for every server of the tenant; `resource` is a token's one resource (RFC 8707),
    or empty; `tools` are the ids of the tools that were chosen for a client, or None."""

    kind: str
    id: UUID
    digest: str
    version: int
    tenant_id: UUID
    tenant: str
    servers: tuple[str, ...] | None
    user_id: UUID | None
    user_is_active: bool
    role: str | None
    client: str
    family: UUID | None
    resource: str
    scopes: tuple[str, ...]
    tools: tuple[str, ...] | None
    address_ranges: tuple[str, ...]
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, *, now: datetime) -> bool:
        """False where it was revoked, has expired, or its user is disabled or no member any more."""
        has_ended = self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)
        return not has_ended and self.user_is_active and self.role is not None


def credential_row(*, digest: str) -> CredentialRow | None:
    """The key or token with this hexadecimal SHA-256, or None. At most two queries."""
    for rows in (api_key_rows(ApiKey.objects.filter(digest=digest)), access_token_rows(token_with(digest))):
        for row in rows:
            return row
    return None


def token_with(digest: str) -> QuerySet[AccessToken]:
    """The access token with this hexadecimal SHA-256, if there is one."""
    return AccessToken.objects.filter(token_checksum=digest)


def api_key_rows(keys: QuerySet[ApiKey]) -> Iterator[CredentialRow]:
    """One row per key, in the order of their ids. One query."""
    columns = (
        "id", "digest", "version", "tenant_id", "tenant__slug", "all_servers", "user_id", "user__is_active", "role",
        "family", "scopes", "address_ranges", "expires_at", "revoked_at", "server_links__server__slug",
    )  # fmt: skip
    found = keys.annotate(role=_role()).order_by("id").values(*columns)
    for _, links in groupby(found.iterator(chunk_size=2000), key=itemgetter("id")):
        yield _from_api_key(list(links))


def access_token_rows(tokens: QuerySet[AccessToken]) -> Iterator[CredentialRow]:
    """One row per token, in the order of their ids. One query."""
    columns = (
        "id", "token_checksum", "version", "tenant_id", "tenant__slug", "server__slug", "user_id", "user__is_active",
        "role", "application__client_id", "resource", "scope", "expires", "connection__scopes", "connection__tool_ids",
        "connection__revoked_at",
    )  # fmt: skip
    for values in tokens.annotate(role=_role()).order_by("id").values(*columns).iterator(chunk_size=2000):
        yield CredentialRow(
            kind=KIND_ACCESS_TOKEN,
            id=values["id"],
            digest=values["token_checksum"],
            version=values["version"],
            tenant_id=values["tenant_id"],
            tenant=values["tenant__slug"],
            servers=(values["server__slug"],),
            user_id=values["user_id"],
            user_is_active=bool(values["user__is_active"]),
            role=values["role"],
            client=values["application__client_id"] or "",
            family=None,
            # A token that names several resources, or none, is good for none: none is issued here.
            resource=values["resource"][0] if len(values["resource"]) == 1 else "",
            # What a person took back when they consented again is gone from the tokens of before, too.
            scopes=tuple(scope for scope in values["scope"].split() if scope in values["connection__scopes"]),
            tools=None if values["connection__tool_ids"] is None else tuple(values["connection__tool_ids"]),
            address_ranges=(),
            expires_at=values["expires"],
            revoked_at=values["connection__revoked_at"],
        )


def _role() -> Subquery:
    members = Membership.objects.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("user_id"))
    return Subquery(members.values("role")[:1])


def _from_api_key(links: list[dict[str, Any]]) -> CredentialRow:
    values = links[0]
    return CredentialRow(
        kind=KIND_API_KEY,
        id=values["id"],
        digest=values["digest"],
        version=values["version"],
        tenant_id=values["tenant_id"],
        tenant=values["tenant__slug"],
        servers=None if values["all_servers"] else _slugs(link["server_links__server__slug"] for link in links),
        user_id=values["user_id"],
        user_is_active=values["user__is_active"],
        role=values["role"],
        client=str(values["family"]),
        family=values["family"],
        resource="",
        scopes=tuple(values["scopes"]),
        tools=None,
        address_ranges=tuple(values["address_ranges"]),
        expires_at=values["expires_at"],
        revoked_at=values["revoked_at"],
    )


def _slugs(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted(slug for slug in values if slug is not None))
