"""Connections as tables and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from control_plane.dashboard.scope_words import SCOPES, ScopeWords, scopes_in_words
from control_plane.oauth.shown import shown
from tenants.models import Connection
from tenants.redirect_uris import LOOPBACK
from tenants.selectors.client_use import applications_of_tenant

DOCUMENT: Final = "https://"
"""How the id of a client begins that is described by a document at this address."""


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection, with what is worked out of it."""

    connection: Connection
    origin: str
    is_verified: bool
    is_own: bool

    @property
    def client(self) -> str:
        """The name that the client gave itself, safe to read."""
        return shown(self.connection.client_name or self.connection.client_id)

    @property
    def person(self) -> str:
        """Who let it in."""
        return str(self.connection.user.name or self.connection.user.email)

    @property
    def scopes(self) -> str:
        """In a few words."""
        return scopes_in_words([scope for scope in self.connection.scopes if scope != "offline_access"])

    @property
    def scope_list(self) -> list[ScopeWords]:
        """Each with its sentence."""
        return [SCOPES.get(scope, ScopeWords(scope, scope, "")) for scope in self.connection.scopes]

    @property
    def tools(self) -> str:
        """How many were chosen."""
        chosen = self.connection.tool_ids
        return "all" if chosen is None else str(len(chosen))

    @property
    def goes_to(self) -> str:
        """Where the client's program is."""
        host = str(self.connection.redirect_host)
        if host.partition(":")[0] not in LOOPBACK and not host.startswith("[::1]"):
            return host
        return "Your own computer" if self.is_own else "Their own computer"

    @property
    def is_live(self) -> bool:
        """False once it has ended."""
        return self.connection.revoked_at is None

    @property
    def state(self) -> tuple[str, str]:
        """A badge's kind, and its words."""
        if not self.is_live:
            return "mute", "ended"
        return ("ok", "connected") if self.connection.connected_at else ("warn", "not yet connected")


def connection_rows(connections: Sequence[Connection], person_id: UUID) -> list[ConnectionRow]:
    """The rows of a page, in the scope of the tenant. One query."""
    ours = applications_of_tenant(application_ids={connection.application_id for connection in connections})
    return [_row(connection, connection.application_id in ours, person_id) for connection in connections]


def _row(connection: Connection, is_ours: bool, person_id: UUID) -> ConnectionRow:
    if is_ours:
        origin, is_verified = "set up by this tenant", True
    elif connection.client_id.startswith(DOCUMENT):
        origin, is_verified = f"{urlsplit(connection.client_id).hostname}, checked", True
    else:
        origin, is_verified = "registered itself", False
    return ConnectionRow(connection, origin, is_verified, is_own=connection.user_id == person_id)
